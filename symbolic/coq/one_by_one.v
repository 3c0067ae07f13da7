(******************************************************************************)
(* A 1x1 convolution is a matrix, applied to the channels of each pixel.      *)
(*                                                                            *)
(* The kernel has one position, and output pixel x meets input pixel x alone. *)
(* For each batch element n and group g, write X as the table (channel,       *)
(* pixel) and the kernel as the table W (output channel, input channel):      *)
(*                                                                            *)
(*     O = W X      dX = W^T delta      dW = sum over n of delta_n X_n^T      *)
(*                                                                            *)
(*   theorem key           lemma                                              *)
(*   one-by-one-is-linear  one_by_one_forward, one_by_one_input,              *)
(*                         one_by_one_filter, one_by_one_window               *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint matrix.
From Gradproof Require Import relation form matrices axes wide_convolution.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* The windows of the theorem: any extent n, kernel size 1. *)
Lemma one_by_one_window n (x : 'I_n) (u : 'I_1) (a : 'I_n) :
  touches (plain_window n 1 n) x u a = (x == a).
Proof.
by rewrite /touches /meets /= !mul1r [u]ord1 addr0 subr_eq0 eqz_nat.
Qed.

Definition same_pixel (P U : finType) (x : P) (u : U) (a : P) : bool := x == a.

Section OneByOne.

Variables (R : comRingType) (N G O C P U : finType) (u0 : U).
Hypothesis one_position : all_equal_to u0.

Local Notation r := (@same_pixel P U).
Variables (D : N * G * O * P -> R) (F : G * O * C * U -> R).
Variable X : N * G * C * P -> R.

Definition weights g := table (fun o c => F ((g, o, c), u0)).

Lemma sum_position (E : U -> R) : \sum_u E u = E u0.
Proof. by rewrite (big_pred1 u0) // => u; rewrite /= one_position eqxx. Qed.

Lemma mul_tables (J K L : finType) (M : J -> K -> R) (M' : K -> L -> R) :
  table M *m table M' = table (fun j l => \sum_k M j k * M' k l).
Proof.
apply/matrixP => j l; rewrite !mxE [RHS](reindex (@enum_val K K)) /=.
  by apply: eq_bigr => k _; rewrite !mxE.
exact/onW_bij/enum_val_bij.
Qed.

Lemma eq_table (J K : finType) (M M' : J -> K -> R) :
  M =2 M' -> table M = table M'.
Proof. by move=> eqM; apply/matrixP => j k; rewrite !mxE. Qed.

Theorem one_by_one_forward n g :
  table (fun o x => forward (layer r) F X ((n, g, o), x)) =
  weights g *m table (fun c x => X ((n, g, c), x)).
Proof.
rewrite mul_tables; apply: eq_table => o x; rewrite layer_forward.
apply: eq_bigr => c _; rewrite /forward sum_position.
by rewrite (big_pred1 x) // => a; rewrite /same_pixel eq_sym.
Qed.

Theorem one_by_one_input n g :
  table (fun c x => grad_input (layer r) D F ((n, g, c), x)) =
  (weights g)^T *m table (fun o x => D ((n, g, o), x)).
Proof.
rewrite tr_table mul_tables; apply: eq_table => c x.
rewrite layer_input_gradient; apply: eq_bigr => o _.
by rewrite grad_input_forward /forward sum_position (big_pred1 x).
Qed.

Theorem one_by_one_filter g :
  table (fun o c => grad_filter (layer r) D X ((g, o, c), u0)) =
  \sum_n table (fun o x => D ((n, g, o), x)) *m
         (table (fun c x => X ((n, g, c), x)))^T.
Proof.
apply/matrixP => o c; rewrite summxE mxE layer_filter_gradient.
apply: eq_bigr => n _; rewrite tr_table mul_tables mxE.
apply: eq_bigr => x _; rewrite (big_pred1 x) // => a.
by rewrite /same_pixel eq_sym.
Qed.

End OneByOne.

Print Assumptions one_by_one_window.
Print Assumptions one_by_one_forward.
Print Assumptions one_by_one_input.
Print Assumptions one_by_one_filter.
