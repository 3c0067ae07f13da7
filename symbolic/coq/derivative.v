(******************************************************************************)
(* What we call gradient is the derivative.                                   *)
(*                                                                            *)
(* First without limits: the form is affine in each operand,                  *)
(*     T(delta, F + H, X) = T(delta, F, X) + <dF, H>       for every H,       *)
(* and <g, H> = <g', H> for every H forces g = g'.  For the squared loss      *)
(*     (x + h)^2 - x^2 = 2 x h + h^2                                          *)
(* and in sums  L(O + H) - L(O) = <2 (O - T), H> + sum of H^2.                *)
(*                                                                            *)
(* Then for any loss.  A curve through x is a tensor of polynomials c_j(t)    *)
(* with c_j(0) = x_j; its velocity is c'_j(0).  We say that g is the gradient *)
(* of f at x when along every curve through x                                 *)
(*     d/dt f(c(t)) at t = 0   =   sum of g_j c'_j(0).                        *)
(* There is at most one such g, over every commutative ring.                  *)
(*                                                                            *)
(* Chain rule: a layer carries curves to curves and velocities to velocities, *)
(* by its tangent map; the gradient comes back by the adjoint of that map.    *)
(* A convolution is its own tangent map, in F and in X, so for every loss     *)
(* with gradient delta at O = conv(F, X) the gradients are those of form.v;   *)
(* the bias gets the sum of delta over the outputs that share it; and behind  *)
(* an activation delta is multiplied by sigma'(z) (sigma a polynomial: the    *)
(* calculus here is algebra, and needs no limits).                            *)
(*                                                                            *)
(*   theorem key      lemma                                                   *)
(*   filter-gradient  form_affine_filter, gradient_of_filter                  *)
(*   input-gradient   form_affine_input, gradient_of_input                    *)
(*   bias-gradient    gradient_of_bias                                        *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg poly.
From Gradproof Require Import form.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section Affine.

Variable R : comRingType.

Definition plus (J : finType) (x h : J -> R) j := x j + h j.

Lemma dot_plusr (J : finType) (g x h : J -> R) :
  dot g (plus x h) = dot g x + dot g h.
Proof. by rewrite -big_split; apply: eq_bigr => j _; rewrite mulrDr. Qed.

Lemma dot_plusl (J : finType) (g x h : J -> R) :
  dot (plus x h) g = dot x g + dot h g.
Proof. by rewrite -big_split; apply: eq_bigr => j _; rewrite mulrDl. Qed.

Lemma dot_unit (J : finType) (g : J -> R) j :
  dot g (fun l => (l == j)%:R) = g j.
Proof.
rewrite /dot (bigD1 j) //= eqxx mulr1 big1 ?addr0 // => l /negbTE ->.
by rewrite mulr0.
Qed.

Theorem linear_part_unique (J : finType) (g g' : J -> R) :
  (forall h, dot g h = dot g' h) -> g =1 g'.
Proof. by move=> same j; rewrite -(dot_unit g) same dot_unit. Qed.

Section FormAffine.

Variables (I U A : finType) (r : I -> U -> A -> bool).
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R).

Theorem form_affine_output D H F X :
  form r (plus D H) F X = form r D F X + dot (forward r F X) H.
Proof.
rewrite !form_forward dot_plusl; congr (_ + _); apply: eq_bigr => i _.
exact: mulrC.
Qed.

Theorem form_affine_filter D F H X :
  form r D (plus F H) X = form r D F X + dot (grad_filter r D X) H.
Proof. by rewrite !form_filter dot_plusr. Qed.

Theorem form_affine_input D F X H :
  form r D F (plus X H) = form r D F X + dot (grad_input r D F) H.
Proof. by rewrite !form_input dot_plusr. Qed.

End FormAffine.

Lemma square_increment (x h : R) :
  (x + h) ^+ 2 - x ^+ 2 = 2%:R * x * h + h ^+ 2.
Proof. by rewrite sqrrD addrC -addrA addKr -mulr_natl -mulrA. Qed.

(* The squared loss; c is 1 for the sum, 1/(number of terms) for the mean.    *)
Definition squared_loss c (J : finType) (T O : J -> R) : R :=
  c * \sum_j (O j - T j) ^+ 2.

Theorem squared_loss_increment c (J : finType) (T O H : J -> R) :
  squared_loss c T (plus O H) - squared_loss c T O =
  dot (fun j => c * (2%:R * (O j - T j))) H + c * \sum_j H j ^+ 2.
Proof.
rewrite -mulrBr -sumrB mulr_sumr [c * \sum_j _ ^+ 2]mulr_sumr -big_split.
apply: eq_bigr => j _; rewrite /plus addrAC square_increment mulrDr.
by rewrite !mulrA.
Qed.

End Affine.

Section Gradient.

Variable R : comRingType.
Local Notation curve J := (J -> {poly R}).

Definition at_start (J : Type) (c : curve J) : J -> R := fun j => (c j).[0].
Definition velocity (J : Type) (c : curve J) : J -> R := fun j => (c j)^`().[0].
Definition still (J : Type) (x : J -> R) : curve J := fun j => (x j)%:P.

Definition gradient (J : finType) (f : curve J -> {poly R}) (x g : J -> R) :=
  forall c : curve J, at_start c =1 x -> (f c)^`().[0] = dot g (velocity c).

Theorem gradient_unique (J : finType) (f : curve J -> {poly R}) x g g' :
  gradient f x g -> gradient f x g' -> g =1 g'.
Proof.
move=> grad_g grad_g'; apply: linear_part_unique => h.
pose c j := (x j)%:P + (h j)%:P * 'X.
have start : at_start c =1 x.
  by move=> j; rewrite /at_start hornerD hornerM hornerX mulr0 addr0 hornerC.
have vel : velocity c =1 h.
  move=> j; rewrite /velocity derivD derivM !derivC derivX.
  by rewrite add0r mul0r add0r mulr1 hornerC.
have side k : dot k (velocity c) = dot k h.
  by apply: eq_bigr => j _; rewrite vel.
by rewrite -!side -grad_g // -grad_g'.
Qed.

Lemma eq_gradient (J : finType) (f f' : curve J -> {poly R}) x g g' :
  f =1 f' -> g =1 g' -> gradient f x g -> gradient f' x g'.
Proof.
move=> eqf eqg grad_f c /grad_f; rewrite -eqf => ->.
by apply: eq_bigr => j _; rewrite eqg.
Qed.

(* The layer takes x to O, and its tangent map there is L. *)
Definition tangent (I J : finType) (layer : curve J -> curve I) (x : J -> R)
    (O : I -> R) (L : (J -> R) -> I -> R) :=
  forall c, at_start c =1 x ->
    at_start (layer c) =1 O /\ velocity (layer c) =1 L (velocity c).

Theorem chain (I J : finType) f (layer : curve J -> curve I) x O L D g :
  tangent layer x O L -> (forall v, dot D (L v) = dot g v) ->
  gradient f O D -> gradient (fun c => f (layer c)) x g.
Proof.
move=> tan adj grad_f c start; have [start' vel] := tan c start.
by rewrite grad_f // -adj; apply: eq_bigr => i _; rewrite vel.
Qed.

Lemma deriv_sum (J : finType) (P : pred J) (E : curve J) :
  (\sum_(j | P j) E j)^`() = \sum_(j | P j) (E j)^`().
Proof. exact: raddf_sum. Qed.

Theorem gradient_squared_loss k (J : finType) (T O : J -> R) :
  gradient (squared_loss k%:P (still T)) O (fun j => k * (2%:R * (O j - T j))).
Proof.
move=> c start; rewrite /squared_loss derivM derivC mul0r add0r deriv_sum.
rewrite hornerM hornerC horner_sum mulr_sumr; apply: eq_bigr => j _.
rewrite deriv_exp derivB derivC subr0 expr1 hornerMn hornerM hornerD hornerN.
rewrite hornerC -start -!mulrA; congr (_ * _).
by rewrite mulr_natl; congr (_ *+ 2); exact: mulrC.
Qed.

Section Layer.

Variables (I U A : finType) (r : I -> U -> A -> bool).
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R).
Implicit Types f : curve I -> {poly R}.

Theorem gradient_of_filter f D F X :
  gradient f (forward r F X) D ->
  gradient (fun c => f (forward r c (still X))) F (grad_filter r D X).
Proof.
apply: (chain (L := fun v => forward r v X)) => [c start|v]; last first.
  by rewrite -form_forward form_filter.
split=> i; rewrite /at_start /velocity /forward ?deriv_sum horner_sum.
  apply: eq_bigr => u _; rewrite horner_sum; apply: eq_bigr => a _.
  by rewrite hornerM hornerC -start.
apply: eq_bigr => u _; rewrite deriv_sum horner_sum; apply: eq_bigr => a _.
by rewrite derivM derivC mulr0 addr0 hornerM hornerC.
Qed.

Theorem gradient_of_input f D F X :
  gradient f (forward r F X) D ->
  gradient (fun c => f (forward r (still F) c)) X (grad_input r D F).
Proof.
apply: (chain (L := forward r F)) => [c start|v]; last exact: adjoint.
split=> i; rewrite /at_start /velocity /forward ?deriv_sum horner_sum.
  apply: eq_bigr => u _; rewrite horner_sum; apply: eq_bigr => a _.
  by rewrite hornerM hornerC -start.
apply: eq_bigr => u _; rewrite deriv_sum horner_sum; apply: eq_bigr => a _.
by rewrite derivM derivC mul0r add0r hornerM hornerC.
Qed.

(* Output i has the bias of its channel; Z is what the bias is added to. *)
Theorem gradient_of_bias (C : finType) (channel : I -> C) f D Z (B : C -> R) :
  gradient f (plus Z (B \o channel)) D ->
  gradient (fun c => f (plus (still Z) (c \o channel))) B
           (fun o => \sum_(i | channel i == o) D i).
Proof.
apply: (chain (L := fun v => v \o channel)) => [c start|v].
  split=> i; rewrite /at_start /velocity /plus /=.
    by rewrite hornerD hornerC -start.
  by rewrite derivD derivC add0r.
rewrite /dot (partition_big channel xpredT) //=; apply: eq_bigr => o _.
by rewrite mulr_suml; apply: eq_bigr => i /eqP ->.
Qed.

Theorem gradient_past_bias f D Z (B : I -> R) :
  gradient f (plus Z B) D -> gradient (fun c => f (plus c (still B))) Z D.
Proof.
apply: (chain (L := id)) => // c start.
split=> i; rewrite /at_start /velocity /plus.
  by rewrite hornerD hornerC -start.
by rewrite derivD derivC addr0.
Qed.

Theorem gradient_past_activation f D Z (sigma : {poly R}) :
  gradient f (fun i => sigma.[Z i]) D ->
  gradient (fun c => f (fun i => sigma \Po c i)) Z
           (fun i => D i * sigma^`().[Z i]).
Proof.
apply: (chain (L := fun v i => sigma^`().[Z i] * v i)) => [c start|v].
  split=> i; rewrite /at_start /velocity; first by rewrite horner_comp -start.
  by rewrite deriv_comp hornerM horner_comp -start.
by apply: eq_bigr => i _; rewrite mulrA.
Qed.

End Layer.

(* Above the layers: a sum of all entries, and a scalar product with any D.   *)
Theorem gradient_of_total (J : finType) (f : curve unit -> {poly R}) D
    (O : J -> R) :
  gradient f (fun=> \sum_j O j) D ->
  gradient (fun c => f (fun=> \sum_j c j)) O (fun=> D tt).
Proof.
apply: (chain (L := fun v _ => \sum_j v j)) => [c start|v]; last first.
  by rewrite /dot (big_pred1 tt) => [|[]] //; rewrite mulr_sumr.
split=> u; rewrite /at_start /velocity ?deriv_sum horner_sum; apply: eq_bigr.
  by move=> j _; exact: start.
by [].
Qed.

Theorem gradient_of_pairing (J : finType) (D O : J -> R) :
  gradient (fun c => dot c (still D)) O D.
Proof.
move=> c start; rewrite /dot deriv_sum horner_sum; apply: eq_bigr => j _.
by rewrite derivM derivC mulr0 addr0 hornerM hornerC mulrC.
Qed.

End Gradient.

Print Assumptions linear_part_unique.
Print Assumptions form_affine_output.
Print Assumptions form_affine_filter.
Print Assumptions form_affine_input.
Print Assumptions square_increment.
Print Assumptions squared_loss_increment.
Print Assumptions gradient_unique.
Print Assumptions chain.
Print Assumptions gradient_squared_loss.
Print Assumptions gradient_of_total.
Print Assumptions gradient_of_pairing.
Print Assumptions gradient_of_filter.
Print Assumptions gradient_of_input.
Print Assumptions gradient_of_bias.
Print Assumptions gradient_past_bias.
Print Assumptions gradient_past_activation.
