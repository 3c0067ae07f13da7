(******************************************************************************)
(* Pooling.                                                                   *)
(*                                                                            *)
(* Average pooling is a layer with the constant kernel c = 1/(window size)    *)
(* (c is any element of the ring here; nothing is divided).  Backward, input  *)
(* a receives c times the sum of delta over the windows that cover it.  A     *)
(* divisor that varies with the window (count_include_pad, ceil_mode) is one  *)
(* more factor c_i beside delta_i.  Where windows do not overlap this is      *)
(* upsampling: every input of window i gets c * delta_i.  Inputs that no      *)
(* window reaches get 0, in every layer.                                      *)
(*                                                                            *)
(* Max pooling, given the winner of each window, is the layer that reads the  *)
(* winners: a 0/1 form.  Backward, each delta_i goes to the winner of window  *)
(* i.  In an ordered ring the winners stay the same under every change of X   *)
(* smaller than half of their lead, so this is the derivative wherever no     *)
(* window has a tie.                                                          *)
(*                                                                            *)
(*   theorem key            lemma                                             *)
(*   average-pool-backward  average_backward, average_divisors,               *)
(*                          average_disjoint, window_disjoint, pair_disjoint  *)
(*   max-pool-backward      max_forward, max_backward, max_gradient,          *)
(*                          max_disjoint, winner_stays                        *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrnum ssrint poly.
From Gradproof Require Import relation form derivative axes.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory Order.TTheory Num.Theory.
Local Open Scope ring_scope.

(* Windows that do not overlap: an input has one place in one window. *)
Definition disjoint_windows (I U A : Type) (r : I -> U -> A -> bool) :=
  forall i u i' u' a, r i u a -> r i' u' a -> i = i' /\ u = u'.

Lemma window_disjoint w :
  dilation w = 1%N -> (kernel w <= stride w)%N -> disjoint_windows (touches w).
Proof.
rewrite /touches /meets => d1 k_le_s i u i' u' a /eqP + /eqP meets'.
rewrite -meets' => /addIr; rewrite d1 !mul1r -!PoszM -!PoszD => -[same].
have small (v : 'I_(kernel w)) : (v < stride w)%N by exact: leq_trans k_le_s.
have s_gt0 : (0 < stride w)%N by exact: leq_ltn_trans (small u).
rewrite ![(stride w * _)%N]mulnC in same; split; apply: val_inj.
  have := congr1 (divn^~ (stride w)) same.
  by rewrite !divnMDl // !divn_small // !addn0.
by have := congr1 (modn^~ (stride w)) same; rewrite !modnMDl !modn_small.
Qed.

Lemma pair_disjoint (I J U V A B : Type)
    (r : I -> U -> A -> bool) (q : J -> V -> B -> bool) :
  disjoint_windows r -> disjoint_windows q -> disjoint_windows (pair_rel r q).
Proof.
move=> dr dq [i j] [u v] [i' j'] [u' v'] [a b].
move=> /andP[/= ra qb] /andP[/= ra' qb'].
by have [-> ->] := dr _ _ _ _ _ ra ra'; have [-> ->] := dq _ _ _ _ _ qb qb'.
Qed.

Section Pooling.

Variables (R : comRingType) (I U A : finType) (r : I -> U -> A -> bool).
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R).

Theorem unreached D F a : (forall i u, ~~ r i u a) -> grad_input r D F a = 0.
Proof.
move=> none; apply: big1 => i _; rewrite big_pred0 // => u.
exact: negbTE (none i u).
Qed.

Theorem average_backward D c a :
  grad_input r D (fun=> c) a = c * \sum_i \sum_(u | r i u a) D i.
Proof.
rewrite mulr_sumr; apply: eq_bigr => i _; rewrite mulr_sumr.
by apply: eq_bigr => u _; exact: mulrC.
Qed.

Theorem average_divisors D (c : I -> R) X :
  dot D (fun i => c i * forward r (fun=> 1) X i) =
  dot (grad_input r (fun i => D i * c i) (fun=> 1)) X.
Proof. by rewrite -adjoint; apply: eq_bigr => i _; rewrite mulrA. Qed.

Theorem average_disjoint D c i u a :
  disjoint_windows r -> r i u a -> grad_input r D (fun=> c) a = c * D i.
Proof.
move=> disj rel; rewrite average_backward (bigD1 i) //= (big_pred1 u) => [|v].
  rewrite big1 ?addr0 // => j /eqP neq_ji; rewrite big_pred0 // => v.
  by apply/negP => rel'; case: neq_ji; case: (disj _ _ _ _ _ rel' rel).
apply/idP/eqP => [rel'|-> //].
by case: (disj _ _ _ _ _ rel' rel).
Qed.

(* Max pooling: output i is the input at winner i. *)
Variable winner : I -> A.

Definition wins (i : I) (u : unit) (a : A) : bool := winner i == a.

Theorem max_forward X i : forward wins (fun=> 1) X i = X (winner i).
Proof.
rewrite /forward (big_pred1 tt) => [|[]] //.
by rewrite (big_pred1 (winner i)) => [|a]; rewrite ?mul1r // /wins eq_sym.
Qed.

Theorem max_backward D a :
  grad_input wins D (fun=> 1) a = \sum_(i | winner i == a) D i.
Proof.
rewrite [RHS]big_mkcond; apply: eq_bigr => i _; rewrite /wins.
case: eqP => _; last by rewrite big_pred0.
by rewrite (big_pred1 tt) ?mulr1 // => -[].
Qed.

Theorem max_gradient (f : (I -> {poly R}) -> {poly R}) D X :
  gradient f (X \o winner) D ->
  gradient (fun c => f (c \o winner)) X (fun a => \sum_(i | winner i == a) D i).
Proof.
apply: (chain (L := fun v => v \o winner)) => [c start|v].
  by split=> // i; exact: start.
rewrite /dot (partition_big winner xpredT) //=; apply: eq_bigr => a _.
by rewrite mulr_suml; apply: eq_bigr => i /eqP ->.
Qed.

Theorem max_disjoint D i u a :
  disjoint_windows r -> (forall j, exists v, r j v (winner j)) -> r i u a ->
  grad_input wins D (fun=> 1) a = if winner i == a then D i else 0.
Proof.
move=> disj inside rel; rewrite max_backward.
have only_i j : winner j == a -> j = i.
  by move=> /eqP jwins; have [v] := inside j; rewrite jwins => /disj/(_ rel)[].
case: ifPn => [iwins|iloses].
  by rewrite (big_pred1 i) // => j; apply/idP/eqP => [/only_i|->].
rewrite big_pred0 // => j; apply: contraNF iloses => jwins.
by rewrite -(only_i j jwins).
Qed.

End Pooling.

(* The winner of a window is winner i when it leads by 2 epsilon. *)
Theorem winner_stays (R : realDomainType) (I U A : finType)
    (r : I -> U -> A -> bool) (winner : I -> A) (X H : A -> R) epsilon :
  (forall i u a, r i u a -> a != winner i ->
     X a + epsilon + epsilon <= X (winner i)) ->
  (forall a, `|H a| < epsilon) ->
  forall i u a, r i u a -> a != winner i ->
    X a + H a < X (winner i) + H (winner i).
Proof.
move=> leads small i u a rel loses.
have /andP[_ upper] : - epsilon < H a < epsilon by rewrite -ltr_norml.
have /andP[lower _] : - epsilon < H (winner i) < epsilon by rewrite -ltr_norml.
rewrite (lt_le_trans _ (_ : X a + epsilon <= _)) ?ltr_add2l //.
rewrite -(ler_add2r epsilon) (le_trans (leads _ _ _ rel loses)) //.
by rewrite -addrA ler_addl -(addNr epsilon) ler_add2r ltW.
Qed.

Print Assumptions window_disjoint.
Print Assumptions pair_disjoint.
Print Assumptions unreached.
Print Assumptions average_backward.
Print Assumptions average_divisors.
Print Assumptions average_disjoint.
Print Assumptions max_forward.
Print Assumptions max_backward.
Print Assumptions max_gradient.
Print Assumptions max_disjoint.
Print Assumptions winner_stays.
