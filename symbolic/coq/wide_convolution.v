(******************************************************************************)
(* Wide (full) convolution commutes.                                          *)
(*                                                                            *)
(* The wide cross-correlation of a row X of n numbers with a kernel W of k    *)
(* pads k-1 zeros on both sides: output i meets u and a when i + u - a = k-1. *)
(* It has n+k-1 outputs that can differ from zero; the number m of outputs    *)
(* computed is left free, since the claim holds for each of them:             *)
(*                                                                            *)
(*     rot180(W) wide X  =  rot180(X) wide W        (1-D and 2-D)             *)
(*                                                                            *)
(* that is, the true convolution i = u + a treats its two operands alike.     *)
(* The reason is the exchange of kernel and input in the window table.        *)
(* And the input gradient of a plain layer (stride 1, no padding) is exactly  *)
(* a wide cross-correlation of delta with the turned kernel.                  *)
(*                                                                            *)
(*   theorem key                lemma                                         *)
(*   wide-convolution-commutes  wide_commutes, wide_commutes2                 *)
(*   input-gradient             input_gradient_wide, input_gradient_wide2     *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint.
From Gradproof Require Import relation form axes two_axes.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Definition wide_window m k n : window := Window m k n 1 1 1 (k%:Z - 1).
Definition plain_window m k n : window := Window m k n 1 1 1 0.

(* The exchange of kernel and input takes k-1 to n-1; the exchange of output  *)
(* and input takes no padding to k-1.                                         *)
Lemma wide_operand m k n :
  operand_window (wide_window m k n) = wide_window m n k.
Proof. by rewrite /operand_window /span /= !mul1r addrAC subrr add0r. Qed.

Lemma plain_input m k n : input_window (plain_window m k n) = wide_window n k m.
Proof. by rewrite /input_window /span /= mul1r subr0. Qed.

Lemma meets_wide m k n (i : 'I_m) (u : 'I_k) (a : 'I_n) :
  touches (wide_window m n k) i (rev_ord a) (rev_ord u) =
  touches (wide_window m k n) i u a.
Proof.
rewrite -(@touches_operand (wide_window m k n)) /touches /meets.
by rewrite (congr1 padding (wide_operand m k n)).
Qed.

Lemma meets_plain m k n (i : 'I_m) (u : 'I_k) (a : 'I_n) :
  touches (wide_window n k m) a (rev_ord u) i =
  touches (plain_window m k n) i u a.
Proof.
rewrite -(@touches_input (plain_window m k n)) /touches /meets.
by rewrite (congr1 padding (plain_input m k n)).
Qed.

Section Wide.

Variables (R : comRingType) (m k n : nat).

Definition wide (W : 'I_k -> R) (X : 'I_n -> R) : 'I_m -> R :=
  forward (touches (wide_window m k n)) W X.

End Wide.

Arguments wide {R} m {k n}.

Theorem wide_commutes (R : comRingType) m k n
    (W : 'I_k -> R) (X : 'I_n -> R) i :
  wide m (turn W) X i = wide m (turn X) W i.
Proof.
rewrite /wide (turned_operands (@rev_ordK _) (@rev_ordK _)
  _ _ _ (@meets_wide _ _ _)).
by apply: eq_bigr => a _; apply: eq_bigr => u _; rewrite /turn /= rev_ordK.
Qed.

Theorem input_gradient_wide (R : comRingType) m k n
    (D : 'I_m -> R) (F : 'I_k -> R) a :
  grad_input (touches (plain_window m k n)) D F a = wide n (turn F) D a.
Proof. exact: (turned_input (@rev_ordK _) _ _ _ (@meets_plain _ _ _)). Qed.

Section Wide2.

Variables (R : comRingType) (m m' k k' n n' : nat).

Definition wide2 (W : 'I_k * 'I_k' -> R) (X : 'I_n * 'I_n' -> R) :
    'I_m * 'I_m' -> R :=
  forward (touches2 (wide_window m k n) (wide_window m' k' n')) W X.

End Wide2.

Arguments wide2 {R} m m' {k k' n n'}.

Theorem wide_commutes2 (R : comRingType) m m' k k' n n'
    (W : 'I_k * 'I_k' -> R) (X : 'I_n * 'I_n' -> R) i :
  wide2 m m' (rot180 W) X i = wide2 m m' (rot180 X) W i.
Proof.
rewrite /wide2 (turned_operands (@rev2K _ _) (@rev2K _ _)
  (r' := touches2 (wide_window m n k) (wide_window m' n' k'))).
  by apply: eq_bigr => a _; apply: eq_bigr => u _; rewrite /rot180 /= rev2K.
by move=> j u a; rewrite /touches2 /pair_rel !meets_wide.
Qed.

Theorem input_gradient_wide2 (R : comRingType) m m' k k' n n'
    (D : 'I_m * 'I_m' -> R) (F : 'I_k * 'I_k' -> R) a :
  grad_input (touches2 (plain_window m k n) (plain_window m' k' n')) D F a =
  wide2 n n' (rot180 F) D a.
Proof.
apply: (turned_input (@rev2K _ _)) => i u b.
by rewrite /touches2 /pair_rel !meets_plain.
Qed.

Print Assumptions wide_commutes.
Print Assumptions wide_commutes2.
Print Assumptions input_gradient_wide.
Print Assumptions input_gradient_wide2.
