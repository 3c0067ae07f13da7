(******************************************************************************)
(* Rows and columns: images.                                                  *)
(*                                                                            *)
(* Two windows side by side, each with its own sizes, stride, dilation, input *)
(* dilation and padding.  rot180 is the two flips, in either order, and twice *)
(* a quarter turn.  The table of relation.v holds axis by axis: the filter    *)
(* gradient is a window of X by delta, the input gradient a window of delta   *)
(* by rot180 F, and so for any batch, groups and channels.                    *)
(*                                                                            *)
(* "Convolution" in the frameworks is this cross-correlation.  A layer of     *)
(* true convolution turns its kernel first; then the filter gradient is       *)
(* turned back (or X and delta are both turned), and the input gradient needs *)
(* no turn.                                                                   *)
(*                                                                            *)
(*   theorem key                     lemma                                    *)
(*   filter-gradient                 filter_gradient2, true_filter_gradient2, *)
(*                                   true_filter_gradient_turned2             *)
(*   input-gradient                  input_gradient2, layer_input_gradient2,  *)
(*                                   true_input_gradient2                     *)
(*   rot180-is-two-flips             rot180_flips, rot180_quarter_turns       *)
(*   transposed-convolution-adjoint  transposed_convolution_adjoint2          *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint.
From Gradproof Require Import relation form axes.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Definition touches2 (v w : window) := pair_rel (touches v) (touches w).

Arguments touches2 : clear implicits.

Definition rev2 k l : 'I_k * 'I_l -> 'I_k * 'I_l :=
  pair_map (@rev_ord k) (@rev_ord l).

Lemma rev2K k l : involutive (@rev2 k l).
Proof. exact: pair_mapK (@rev_ordK k) (@rev_ordK l). Qed.

Section Rot180.

Variables (T : Type) (k l : nat).
Implicit Types F : 'I_k * 'I_l -> T.

Definition flip_rows F p := F (rev_ord p.1, p.2).
Definition flip_columns F p := F (p.1, rev_ord p.2).
Definition rot180 F : 'I_k * 'I_l -> T := F \o @rev2 k l.

Theorem rot180_flips F :
  rot180 F =1 flip_rows (flip_columns F) /\
  rot180 F =1 flip_columns (flip_rows F).
Proof. by []. Qed.

Lemma rot180K F : rot180 (rot180 F) =1 F.
Proof. by move=> p; rewrite /rot180 /= rev2K. Qed.

End Rot180.

(* A quarter turn, anticlockwise: the last column becomes the first row. *)
Definition quarter_turn (T : Type) k l (F : 'I_k * 'I_l -> T)
    (p : 'I_l * 'I_k) : T := F (p.2, rev_ord p.1).

Theorem rot180_quarter_turns (T : Type) k l (F : 'I_k * 'I_l -> T) :
  rot180 F =1 quarter_turn (quarter_turn F).
Proof. by []. Qed.

Section Windows2.

Variables (R : comRingType) (v w : window).
Local Notation r := (touches2 v w).
Implicit Types (D : 'I_(outputs v) * 'I_(outputs w) -> R).
Implicit Types (F : 'I_(kernel v) * 'I_(kernel w) -> R).
Implicit Types (X : 'I_(inputs v) * 'I_(inputs w) -> R).

Lemma touches2_input i u a :
  touches2 (input_window v) (input_window w) a (rev2 u) i = r i u a.
Proof. by rewrite /touches2 /pair_rel !touches_input. Qed.

Lemma touches2_operand i u a :
  touches2 (operand_window v) (operand_window w) i (rev2 a) (rev2 u) = r i u a.
Proof. by rewrite /touches2 /pair_rel !touches_operand. Qed.

Lemma touches2_half_turn i u a :
  touches2 (half_turn v) (half_turn w) (rev2 i) (rev2 u) (rev2 a) = r i u a.
Proof. by rewrite /touches2 /pair_rel !touches_half_turn. Qed.

Theorem filter_gradient2 D X u :
  grad_filter r D X u =
  forward (touches2 (filter_window v) (filter_window w)) D X u.
Proof.
apply: eq_bigr => i _; apply: eq_bigl => a.
by rewrite /touches2 /pair_rel !touches_filter.
Qed.

Theorem input_gradient2 D F a :
  grad_input r D F a =
  forward (touches2 (input_window v) (input_window w)) (rot180 F) D a.
Proof. exact: (turned_input (@rev2K _ _) _ _ _ touches2_input). Qed.

Theorem transposed_convolution_adjoint2 D F X :
  dot D (forward r F X) =
  dot (forward (touches2 (input_window v) (input_window w)) (rot180 F) D) X.
Proof. exact: (turned_adjoint (@rev2K _ _) _ _ _ touches2_input). Qed.

(* Batch, groups, channels and two axes at once. *)
Theorem layer_input_gradient2 (N G O C : finType)
    (D : N * G * O * ('I_(outputs v) * 'I_(outputs w)) -> R)
    (F : G * O * C * ('I_(kernel v) * 'I_(kernel w)) -> R) n g c a :
  grad_input (layer r) D F ((n, g, c), a) =
  \sum_o forward (touches2 (input_window v) (input_window w))
                 (rot180 (fun u => F ((g, o, c), u)))
                 (fun i => D ((n, g, o), i)) a.
Proof.
by rewrite layer_input_gradient; apply: eq_bigr => o _; rewrite input_gradient2.
Qed.

(* True convolution, O = forward r (rot180 F) X: the filter gradient is       *)
(* turned back, or both its operands are turned; the input gradient is plain. *)
Theorem true_filter_gradient2 D F X :
  dot D (forward r (rot180 F) X) = dot (rot180 (grad_filter r D X)) F.
Proof. exact: (true_filter r (@rev2K _ _) D F X). Qed.

Theorem true_input_gradient2 D F a :
  grad_input r D (rot180 F) a =
  forward (touches2 (input_window v) (input_window w)) F D a.
Proof. exact: (true_input (@rev2K _ _) _ _ _ touches2_input). Qed.

End Windows2.

Theorem half_turn_forward2 (R : comRingType) v w
    (F : 'I_(kernel v) * 'I_(kernel w) -> R)
    (X : 'I_(inputs v) * 'I_(inputs w) -> R) i :
  rot180 (forward (touches2 v w) F X) i =
  forward (touches2 (half_turn v) (half_turn w)) (rot180 F) (rot180 X) i.
Proof.
exact: (turned_all (@rev2K _ _) (@rev2K _ _) (@rev2K _ _) _ _ _
                   (@touches2_half_turn v w)).
Qed.

Theorem true_filter_gradient_turned2 (R : comRingType) v w
    (D : 'I_(outputs v) * 'I_(outputs w) -> R)
    (X : 'I_(inputs v) * 'I_(inputs w) -> R) u :
  rot180 (grad_filter (touches2 v w) D X) u =
  forward (touches2 (half_turn (filter_window v)) (half_turn (filter_window w)))
          (rot180 D) (rot180 X) u.
Proof. by rewrite -half_turn_forward2 /rot180 /= filter_gradient2. Qed.

Print Assumptions rot180_flips.
Print Assumptions rot180_quarter_turns.
Print Assumptions filter_gradient2.
Print Assumptions input_gradient2.
Print Assumptions transposed_convolution_adjoint2.
Print Assumptions layer_input_gradient2.
Print Assumptions true_filter_gradient2.
Print Assumptions true_input_gradient2.
Print Assumptions half_turn_forward2.
Print Assumptions true_filter_gradient_turned2.
