(******************************************************************************)
(* The same window as it is drawn: padding by zeros, inserted zeros.          *)
(*                                                                            *)
(* Lay a row of numbers on all integer positions, 0 outside its extent, and   *)
(* put e-1 zeros between neighbours.  Then the relation is the sliding window *)
(* of the textbooks:                                                          *)
(*                                                                            *)
(*     O_i = sum over u of F_u * (X with zeros inserted) at s*i + d*u - p.    *)
(*                                                                            *)
(* So the input gradient in gather form reads delta with s-1 zeros between    *)
(* its entries by the kernel turned round; for stride 1 and no padding this   *)
(* is the full convolution.  In the filter gradient the stride has become     *)
(* the dilation.                                                              *)
(*                                                                            *)
(*   theorem key      lemma                                                   *)
(*   filter-gradient  filter_gradient_reads                                   *)
(*   input-gradient   input_gradient_reads, input_gradient_full               *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint intdiv.
From Gradproof Require Import relation form.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Definition read (R : comRingType) n (X : 'I_n -> R) (z : int) : R :=
  if z is Posz j then oapp X 0 (insub j) else 0.

Definition insert_zeros (R : comRingType) (e : nat) (X : int -> R) (z : int) :=
  if (e%:Z %| z)%Z then X (z %/ e%:Z)%Z else 0.

Section Reading.

Variable R : comRingType.

Lemma sum_read n (X : 'I_n -> R) (z : int) :
  \sum_(a < n | z == (a : nat)%:Z) X a = read X z.
Proof.
case: z => [j|j] /=; last by rewrite big_pred0.
case: insubP => [a _ <-|outside].
  by rewrite (big_pred1 a) // => b /=; rewrite eqz_nat eq_sym.
rewrite big_pred0 // => a; apply: contraNF outside => /eqP[->].
exact: ltn_ord.
Qed.

Lemma insert_zeros1 (X : int -> R) z : insert_zeros 1 X z = X z.
Proof. by rewrite /insert_zeros dvd1z divz1. Qed.

(* Where output i and kernel position u look, in the row with zeros inserted. *)
Definition place (w : window) (i u : nat) : int :=
  (stride w)%:Z * i%:Z + (dilation w)%:Z * u%:Z - padding w.

(* The relation is the sliding window of the textbooks. *)
Theorem forward_reads w (F : 'I_(kernel w) -> R) (X : 'I_(inputs w) -> R) i :
  (0 < input_dilation w)%N ->
  forward (touches w) F X i =
  \sum_u F u * insert_zeros (input_dilation w) (read X) (place w i u).
Proof.
move=> e_gt0; apply: eq_bigr => u _; rewrite -mulr_sumr; congr (_ * _).
have e_neq0 : (input_dilation w)%:Z != 0 by rewrite eqz_nat -lt0n.
transitivity (\sum_(a < inputs w | place w i u == (input_dilation w)%:Z * a%:Z)
                X a).
  apply: eq_bigl => a.
  by rewrite /touches /meets /place !subr_eq [padding w + _]addrC.
rewrite /insert_zeros; case: dvdzP => [[q ->]|no].
  rewrite mulzK // -sum_read; apply: eq_bigl => a.
  by rewrite mulrC (inj_eq (mulfI e_neq0)).
rewrite big_pred0 // => a; apply/eqP => place_a; case: no.
by exists a%:Z; rewrite place_a mulrC.
Qed.

(* The gather form: delta with s-1 zeros between its entries, the kernel      *)
(* turned round, stride e, dilation d, padding d(k-1) - p.                    *)
Theorem input_gradient_reads w (D : 'I_(outputs w) -> R)
    (F : 'I_(kernel w) -> R) a :
  (0 < stride w)%N ->
  grad_input (touches w) D F a =
  \sum_v turn F v * insert_zeros (stride w) (read D)
                       (place (input_window w) a v).
Proof. by move=> s_gt0; rewrite input_gradient forward_reads. Qed.

(* The same for the filter gradient: stride and dilation change places.       *)
Theorem filter_gradient_reads w (D : 'I_(outputs w) -> R)
    (X : 'I_(inputs w) -> R) u :
  (0 < input_dilation w)%N ->
  grad_filter (touches w) D X u =
  \sum_i D i * insert_zeros (input_dilation w) (read X)
                 (place (filter_window w) u i).
Proof. by move=> e_gt0; rewrite filter_gradient forward_reads. Qed.

End Reading.

(* The case on every first slide: stride 1, no padding, the full convolution. *)
Theorem input_gradient_full (R : comRingType) m k n (D : 'I_m -> R)
    (F : 'I_k -> R) (a : 'I_n) :
  grad_input (touches (Window m k n 1 1 1 0)) D F a =
  \sum_v turn F v * read D (a%:Z + v%:Z - (k%:Z - 1)).
Proof.
rewrite input_gradient_reads //; apply: eq_bigr => v _.
by rewrite insert_zeros1 /place /= subr0 /span !mul1r.
Qed.

Print Assumptions forward_reads.
Print Assumptions filter_gradient_reads.
Print Assumptions input_gradient_reads.
Print Assumptions input_gradient_full.
