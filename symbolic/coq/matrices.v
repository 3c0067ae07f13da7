(******************************************************************************)
(* The same layer as matrices: C and its transpose, im2col and col2im.        *)
(*                                                                            *)
(* Write the tensors as columns.  Hold the kernel fixed: the layer is a       *)
(* matrix C, and                                                              *)
(*     y = C x       dL/dx = C^T dL/dy                                        *)
(* with no rotation to be seen: the transpose is the same table of weights,   *)
(* read by columns.  Hold the input fixed: the layer is the matrix P of its   *)
(* patches (im2col), y = P f and dL/df = P^T dL/dy.  col2im, which adds the   *)
(* patches back to their places, is the adjoint of im2col, and the input      *)
(* gradient is col2im of the outer product delta f^T.                         *)
(*                                                                            *)
(* All of it for any relation between finite index sets, so for any number    *)
(* of axes, channels and groups (there C is the doubly blocked matrix).  For  *)
(* one window C is a Toeplitz matrix: an entry depends on s*i - e*a alone.    *)
(*                                                                            *)
(*   theorem key         lemma                                                *)
(*   transpose-relation  conv_matrix_forward, conv_matrix_transpose, toeplitz *)
(*   im2col              patches_forward, patches_transpose, col2im_adjoint,  *)
(*                       grad_input_col2im                                    *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint matrix.
From Gradproof Require Import relation form.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* A tensor as a column, a table as a matrix; pairs come in row-major order. *)
Definition column (R : comRingType) (J : finType) (x : J -> R) : 'cV_#|J| :=
  \col_j x (enum_val j).

Definition table (R : comRingType) (I J : finType) (M : I -> J -> R) :
    'M_(#|I|, #|J|) := \matrix_(i, j) M (enum_val i) (enum_val j).

Section Matrices.

Variables (R : comRingType) (I U A : finType) (r : I -> U -> A -> bool).
Implicit Types (D : I -> R) (F : U -> R) (X : A -> R) (Y : I -> U -> R).

Definition weight F i a : R := \sum_(u | r i u a) F u.
Definition im2col X i u : R := \sum_(a | r i u a) X a.
Definition col2im Y a : R := \sum_i \sum_(u | r i u a) Y i u.

Definition conv_matrix F := table (weight F).
Definition patches X := table (im2col X).

Lemma mul_table (J K : finType) (M : J -> K -> R) (x : K -> R) (y : J -> R) :
  (forall j, y j = \sum_k M j k * x k) -> table M *m column x = column y.
Proof.
move=> yE; apply/matrixP => j l.
rewrite !mxE yE [RHS](reindex (@enum_val K K)) /=.
  by apply: eq_bigr => k _; rewrite !mxE.
exact/onW_bij/enum_val_bij.
Qed.

Lemma tr_table (J K : finType) (M : J -> K -> R) :
  (table M)^T = table (fun k j => M j k).
Proof. by apply/matrixP => j k; rewrite !mxE. Qed.

Theorem conv_matrix_forward F X :
  conv_matrix F *m column X = column (forward r F X).
Proof.
apply: mul_table => i; rewrite /forward exchange; apply: eq_bigr => a _.
by rewrite mulr_suml.
Qed.

Theorem conv_matrix_transpose F D :
  (conv_matrix F)^T *m column D = column (grad_input r D F).
Proof.
rewrite tr_table; apply: mul_table => a; apply: eq_bigr => i _.
by rewrite mulr_suml; apply: eq_bigr => u _; exact: mulrC.
Qed.

Theorem patches_forward F X : patches X *m column F = column (forward r F X).
Proof.
apply: mul_table => i; apply: eq_bigr => u _.
by rewrite mulr_suml; apply: eq_bigr => a _; exact: mulrC.
Qed.

Theorem patches_transpose X D :
  (patches X)^T *m column D = column (grad_filter r D X).
Proof.
rewrite tr_table; apply: mul_table => u; apply: eq_bigr => i _.
by rewrite mulr_suml; apply: eq_bigr => a _; exact: mulrC.
Qed.

Theorem col2im_adjoint Y X :
  \sum_i \sum_u Y i u * im2col X i u = dot (col2im Y) X.
Proof.
rewrite /dot; under [RHS]eq_bigr do rewrite mulr_suml.
rewrite [RHS]exchange_big; apply: eq_bigr => i _.
under [RHS]eq_bigr do rewrite mulr_suml.
rewrite exchange; apply: eq_bigr => u _; exact: mulr_sumr.
Qed.

Theorem grad_input_col2im D F a :
  grad_input r D F a = col2im (fun i u => D i * F u) a.
Proof. by []. Qed.

End Matrices.

Theorem toeplitz (R : comRingType) (w : window) (F : 'I_(kernel w) -> R)
    (i j : 'I_(outputs w)) (a b : 'I_(inputs w)) :
  (stride w)%:Z * i%:Z - (input_dilation w)%:Z * a%:Z =
    (stride w)%:Z * j%:Z - (input_dilation w)%:Z * b%:Z ->
  weight (touches w) F i a = weight (touches w) F j b.
Proof.
move=> diagonal; apply: eq_bigl => u.
by rewrite /touches /meets addrAC diagonal addrAC.
Qed.

Print Assumptions conv_matrix_forward.
Print Assumptions conv_matrix_transpose.
Print Assumptions patches_forward.
Print Assumptions patches_transpose.
Print Assumptions col2im_adjoint.
Print Assumptions grad_input_col2im.
Print Assumptions toeplitz.
