(******************************************************************************)
(* The trilinear form of a linear layer, and its three sides.                 *)
(*                                                                            *)
(* Take any finite index sets I (outputs), U (kernel), A (inputs), any        *)
(* relation r between them and any commutative ring of values.  The layer is  *)
(*                                                                            *)
(*     T(delta, F, X)  =  sum of  delta_i F_u X_a  over all related (i,u,a).  *)
(*                                                                            *)
(* Dropping one operand leaves                                                *)
(*   the forward pass        O_i  = sum of F_u X_a      over (u,a),           *)
(*   the filter gradient     dF_u = sum of delta_i X_a  over (i,a),           *)
(*   the input gradient      dX_a = sum of delta_i F_u  over (i,u)  (scatter),*)
(* and T is the scalar product of each with the operand that was dropped      *)
(* (derivative.v shows that these are the derivatives).  Hence                *)
(* <y, conv x> = <convT y, x> needs no calculation.                           *)
(*                                                                            *)
(* Nothing is said about axes: pairs of indices are indices (axes.v).  For a  *)
(* window each gradient is again a window, by the table of relation.v: X by   *)
(* delta, and delta by the kernel turned round.                               *)
(*                                                                            *)
(*   theorem key                     lemma                                    *)
(*   filter-gradient                 form_filter, filter_gradient             *)
(*   input-gradient                  form_input, input_gradient               *)
(*   transposed-convolution-adjoint  adjoint, transposed_convolution_adjoint  *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint.
From Gradproof Require Import relation.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* The scalar product of two tensors with the same indices. *)
Definition dot (R : comRingType) (J : finType) (x y : J -> R) : R :=
  \sum_j x j * y j.

Section Form.

Variables (R : comRingType) (I U A : finType) (r : I -> U -> A -> bool).
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R).

Definition form D F X : R :=
  \sum_i \sum_u \sum_(a | r i u a) D i * F u * X a.

Definition forward F X i : R := \sum_u \sum_(a | r i u a) F u * X a.
Definition grad_filter D X u : R := \sum_i \sum_(a | r i u a) D i * X a.
Definition grad_input D F a : R := \sum_i \sum_(u | r i u a) D i * F u.

(* Sums over related pairs may be taken in either order. *)
Lemma exchange (J K : finType) (q : J -> K -> bool) (E : J -> K -> R) :
  \sum_j \sum_(k | q j k) E j k = \sum_k \sum_(j | q j k) E j k.
Proof. exact: exchange_big_dep. Qed.

Lemma form_forward D F X : form D F X = dot D (forward F X).
Proof.
apply: eq_bigr => i _; rewrite mulr_sumr; apply: eq_bigr => u _.
by rewrite mulr_sumr; apply: eq_bigr => a _; rewrite mulrA.
Qed.

Lemma form_filter D F X : form D F X = dot (grad_filter D X) F.
Proof.
rewrite /form exchange_big; apply: eq_bigr => u _; rewrite mulr_suml.
apply: eq_bigr => i _; rewrite mulr_suml; apply: eq_bigr => a _.
by rewrite mulrAC.
Qed.

Lemma form_input D F X : form D F X = dot (grad_input D F) X.
Proof.
rewrite /form /dot; under eq_bigr do rewrite exchange.
rewrite exchange_big; apply: eq_bigr => a _; rewrite mulr_suml.
by apply: eq_bigr => i _; rewrite mulr_suml.
Qed.

Lemma adjoint D F X : dot D (forward F X) = dot (grad_input D F) X.
Proof. by rewrite -form_forward form_input. Qed.

End Form.

(* One lemma for every change of indices: if g and h carry related indices to *)
(* related ones and the operands along, the outputs agree along f.            *)
Lemma relabel (R : comRingType) (I U A I' U' A' : finType)
    (r : I -> U -> A -> bool) (r' : I' -> U' -> A' -> bool)
    (f : I -> I') (g : U -> U') (h : A -> A')
    (F : U -> R) (F' : U' -> R) (X : A -> R) (X' : A' -> R) :
  bijective g -> bijective h ->
  (forall i u a, r' (f i) (g u) (h a) = r i u a) ->
  (forall u, F' (g u) = F u) -> (forall a, X' (h a) = X a) ->
  forall i, forward r' F' X' (f i) = forward r F X i.
Proof.
move=> bij_g bij_h related eqF eqX i.
rewrite [LHS](reindex g) /=; last exact: onW_bij.
apply: eq_bigr => u _; rewrite (reindex h) /=; last exact: onW_bij.
by apply: eq_big => [a|a _]; rewrite ?related ?eqF ?eqX.
Qed.

Section Exchanges.

Variables (R : comRingType) (I U A : finType) (r : I -> U -> A -> bool).
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R).

(* The gradients are forward passes of the exchanged relations. *)
Lemma grad_filter_forward D X u :
  grad_filter r D X u = forward (fun u i a => r i u a) D X u.
Proof. by []. Qed.

Lemma grad_input_forward D F a :
  grad_input r D F a = forward (fun a u i => r i u a) F D a.
Proof.
rewrite /grad_input exchange; apply: eq_bigr => u _; apply: eq_bigr => i _.
exact: mulrC.
Qed.

Lemma forward_exchange F X i :
  forward r F X i = forward (fun i a u => r i u a) X F i.
Proof.
rewrite /forward exchange; apply: eq_bigr => a _; apply: eq_bigr => u _.
exact: mulrC.
Qed.

End Exchanges.

(* Turned relations.  rho and sigma turn the kernel's and the input's indices *)
(* round; r' relates them in other places.  On one axis rho is u |-> k-1-u;   *)
(* pairs of turns are turns, so this section serves any number of axes.       *)
Section Turned.

Variables (R : comRingType) (I U A : finType) (r : I -> U -> A -> bool).
Variables (phi : I -> I) (rho : U -> U) (sigma : A -> A).
Hypotheses (phiK : involutive phi) (rhoK : involutive rho).
Hypothesis sigmaK : involutive sigma.
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R).

Lemma turned_input (r' : A -> U -> I -> bool) D F a :
  (forall i u a, r' a (rho u) i = r i u a) ->
  grad_input r D F a = forward r' (F \o rho) D a.
Proof.
move=> related; rewrite grad_input_forward; symmetry.
apply: (relabel (f := id) (g := rho) (h := id)) => //.
- exact: inv_bij.
- by exists id.
- by move=> u /=; rewrite rhoK.
Qed.

Lemma turned_adjoint (r' : A -> U -> I -> bool) D F X :
  (forall i u a, r' a (rho u) i = r i u a) ->
  dot D (forward r F X) = dot (forward r' (F \o rho) D) X.
Proof.
move=> related; rewrite adjoint; apply: eq_bigr => a _.
by rewrite -turned_input.
Qed.

Lemma turned_operands (r' : I -> A -> U -> bool) F X i :
  (forall i u a, r' i (sigma a) (rho u) = r i u a) ->
  forward r F X i = forward r' (X \o sigma) (F \o rho) i.
Proof.
move=> related; rewrite forward_exchange; symmetry.
apply: (relabel (f := id) (g := sigma) (h := rho)) => //.
- exact: inv_bij.
- exact: inv_bij.
- by move=> a /=; rewrite sigmaK.
- by move=> u /=; rewrite rhoK.
Qed.

Lemma turned_all (r' : I -> U -> A -> bool) F X i :
  (forall i u a, r' (phi i) (rho u) (sigma a) = r i u a) ->
  forward r F X (phi i) = forward r' (F \o rho) (X \o sigma) i.
Proof.
move=> related; rewrite -[in RHS](phiK i); symmetry.
apply: (relabel (f := phi) (g := rho) (h := sigma)) => //.
- exact: inv_bij.
- exact: inv_bij.
- by move=> u /=; rewrite rhoK.
- by move=> a /=; rewrite sigmaK.
Qed.

(* True convolution turns its kernel first: the filter gradient is turned     *)
(* back, and the input gradient needs no turn.                                *)
Lemma true_filter D F X :
  dot D (forward r (F \o rho) X) = dot (grad_filter r D X \o rho) F.
Proof.
rewrite -form_forward form_filter /dot (reindex rho) /=; last first.
  exact/onW_bij/inv_bij.
by apply: eq_bigr => u _; rewrite rhoK.
Qed.

Lemma true_input (r' : A -> U -> I -> bool) D F a :
  (forall i u a, r' a (rho u) i = r i u a) ->
  grad_input r D (F \o rho) a = forward r' F D a.
Proof.
move=> related; rewrite (turned_input _ _ _ related).
by apply: eq_bigr => u _; apply: eq_bigr => i _ /=; rewrite rhoK.
Qed.

End Turned.

(* A tensor turned round along one axis. *)
Definition turn (R : Type) k (F : 'I_k -> R) : 'I_k -> R := F \o @rev_ord k.

Lemma turnK R k (F : 'I_k -> R) : turn (turn F) =1 F.
Proof. by move=> u; rewrite /turn /= rev_ordK. Qed.

Section Windows.

Variables (R : comRingType) (w : window).
Local Notation r := (touches w).
Implicit Types (D : 'I_(outputs w) -> R) (F : 'I_(kernel w) -> R).
Implicit Types (X : 'I_(inputs w) -> R).

(* Rows two and three of the table, and what becomes of the other two rows.   *)
Theorem filter_gradient D X u :
  grad_filter r D X u = forward (touches (filter_window w)) D X u.
Proof.
rewrite grad_filter_forward; apply: eq_bigr => i _.
by apply: eq_bigl => a; rewrite touches_filter.
Qed.

Theorem input_gradient D F a :
  grad_input r D F a = forward (touches (input_window w)) (turn F) D a.
Proof. exact: (turned_input (@rev_ordK _) _ _ _ (@touches_input w)). Qed.

Theorem operand_exchange F X i :
  forward r F X i = forward (touches (operand_window w)) (turn X) (turn F) i.
Proof.
exact: (turned_operands (@rev_ordK _) (@rev_ordK _) _ _ _ (@touches_operand w)).
Qed.

Theorem half_turn_forward F X i :
  turn (forward r F X) i =
  forward (touches (half_turn w)) (turn F) (turn X) i.
Proof.
exact: (turned_all (@rev_ordK _) (@rev_ordK _) (@rev_ordK _) _ _ _
                   (@touches_half_turn w)).
Qed.

(* Transposed convolution is the window of the third row; it is the adjoint.  *)
Theorem transposed_convolution_adjoint D F X :
  dot D (forward r F X) =
  dot (forward (touches (input_window w)) (turn F) D) X.
Proof. exact: (turned_adjoint (@rev_ordK _) _ _ _ (@touches_input w)). Qed.

End Windows.

Print Assumptions form_forward.
Print Assumptions form_filter.
Print Assumptions form_input.
Print Assumptions adjoint.
Print Assumptions relabel.
Print Assumptions filter_gradient.
Print Assumptions input_gradient.
Print Assumptions operand_exchange.
Print Assumptions half_turn_forward.
Print Assumptions transposed_convolution_adjoint.
