(******************************************************************************)
(* One row of indices, read from three sides.                                 *)
(*                                                                            *)
(* A window says which output i, kernel position u and input position a meet: *)
(*                                                                            *)
(*     s*i + d*u - e*a = p       0 <= i < m,  0 <= u < k,  0 <= a < n         *)
(*                                                                            *)
(* with stride s, dilation d, input dilation e and low-side padding p.        *)
(* The sizes m, k, n are free: a layer may choose m by a floor, nothing here  *)
(* depends on that choice.  The padding is an integer, because the padding    *)
(* d(k-1) - p of the third row below may be negative (cropping), and natural  *)
(* subtraction would silently turn it into 0.                                 *)
(*                                                                            *)
(* Shown for all sizes, strides, dilations and paddings:                      *)
(*                                                                            *)
(*   view                           stride  dilation  input dil.  padding     *)
(*   forward          X by F          s        d         e        p           *)
(*   filter gradient  X by delta      d        s         e        p           *)
(*   input gradient   delta by        e        d         s        d(k-1) - p  *)
(*                    rot180 F                                                *)
(*                                                                            *)
(* Each view is the same relation with two indices exchanged; both exchanges  *)
(* are involutions; done alternately three times they turn every operand by   *)
(* 180 degrees and exchange the low padding with the high one.                *)
(*                                                                            *)
(*   theorem key        lemma                                                 *)
(*   filter-gradient    touches_filter, filter_windowK, touches_filterK       *)
(*   input-gradient     touches_input, input_windowK, touches_inputK          *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Record window := Window {
  outputs : nat; kernel : nat; inputs : nat;
  stride : nat; dilation : nat; input_dilation : nat;
  padding : int
}.

(* The relation on plain numbers, and on the indices inside their extents. *)
Definition meets (w : window) (i u a : nat) : bool :=
  (stride w)%:Z * i%:Z + (dilation w)%:Z * u%:Z - (input_dilation w)%:Z * a%:Z
  == padding w.

Definition touches (w : window)
    (i : 'I_(outputs w)) (u : 'I_(kernel w)) (a : 'I_(inputs w)) : bool :=
  meets w i u a.

Arguments touches : clear implicits.

(* The table: what becomes of a window when output and kernel, output and     *)
(* input, or kernel and input change places; and when all three turn round.   *)
Definition filter_window (w : window) : window :=
  {| outputs := kernel w; kernel := outputs w; inputs := inputs w;
     stride := dilation w; dilation := stride w;
     input_dilation := input_dilation w; padding := padding w |}.

(* What an axis spans: dilation * (kernel - 1) and its like, an integer. *)
Definition span (step size : nat) : int := step%:Z * (size%:Z - 1).

Definition input_window (w : window) : window :=
  {| outputs := inputs w; kernel := kernel w; inputs := outputs w;
     stride := input_dilation w; dilation := dilation w;
     input_dilation := stride w;
     padding := span (dilation w) (kernel w) - padding w |}.

Definition operand_window (w : window) : window :=
  {| outputs := outputs w; kernel := inputs w; inputs := kernel w;
     stride := stride w; dilation := input_dilation w;
     input_dilation := dilation w;
     padding := padding w + span (input_dilation w) (inputs w)
                - span (dilation w) (kernel w) |}.

Definition half_turn (w : window) : window :=
  {| outputs := outputs w; kernel := kernel w; inputs := inputs w;
     stride := stride w; dilation := dilation w;
     input_dilation := input_dilation w;
     padding := span (stride w) (outputs w) + span (dilation w) (kernel w)
                - span (input_dilation w) (inputs w) - padding w |}.

(* Coq's ring tactic for mathcomp's commutative rings: it looks its ring up   *)
(* by the literal type of a term, so the operations get one type first.       *)
Section RingOperations.

Variable R : comRingType.

Definition ring_zero : R := 0.
Definition ring_one : R := 1.
Definition ring_add (x y : R) : R := x + y.
Definition ring_mul (x y : R) : R := x * y.
Definition ring_opp (x : R) : R := - x.
Definition ring_sub (x y : R) : R := x - y.

Lemma comRing_theory :
  ring_theory ring_zero ring_one ring_add ring_mul ring_sub ring_opp eq.
Proof.
by split; [exact: add0r|exact: addrC|exact: addrA|exact: mul1r|exact: mulrC
          |exact: mulrA|exact: mulrDl|by []|exact: subrr].
Qed.

End RingOperations.

Ltac ring_terms R :=
  repeat match goal with
  | |- context [@GRing.zero ?V] => change (@GRing.zero V) with (ring_zero R)
  | |- context [@GRing.one ?V] => change (@GRing.one V) with (ring_one R)
  | |- context [@GRing.add ?V] => change (@GRing.add V) with (@ring_add R)
  | |- context [@GRing.mul ?V] => change (@GRing.mul V) with (@ring_mul R)
  | |- context [@GRing.opp ?V] => change (@GRing.opp V) with (@ring_opp R)
  end.

Section Arithmetic.

Variable R : comRingType.
Add Ring comRing : (comRing_theory R).
Ltac ringR := ring_terms R; ring.
Implicit Types x y z t : R.

Lemma eq_by_sub x y z t : x - y = z - t :> R -> (x == y) = (z == t).
Proof. by rewrite -[x == y]subr_eq0 -[z == t]subr_eq0 => ->. Qed.

Lemma row_filter s d e p i u a :
  (d * u + s * i - e * a == p) = (s * i + d * u - e * a == p :> R).
Proof. by apply: eq_by_sub; ringR. Qed.

Lemma row_input s d e p k i u a :
  (e * a + d * (k - 1 - u) - s * i == d * (k - 1) - p)
  = (s * i + d * u - e * a == p :> R).
Proof. by rewrite [RHS]eq_sym; apply: eq_by_sub; ringR. Qed.

Lemma row_operand s d e p k n i u a :
  (s * i + e * (n - 1 - a) - d * (k - 1 - u)
    == p + e * (n - 1) - d * (k - 1))
  = (s * i + d * u - e * a == p :> R).
Proof. by apply: eq_by_sub; ringR. Qed.

Lemma row_half_turn s d e p m k n i u a :
  (s * (m - 1 - i) + d * (k - 1 - u) - e * (n - 1 - a)
    == s * (m - 1) + d * (k - 1) - e * (n - 1) - p)
  = (s * i + d * u - e * a == p :> R).
Proof. by rewrite [RHS]eq_sym; apply: eq_by_sub; ringR. Qed.

(* The same for the paddings: x, y, z are the spans of output, kernel, input. *)
Lemma pad_operand p y z : p + z - y + y - z = p :> R.
Proof. by ringR. Qed.

Lemma pad_turned p x y z : x + z - y - (x - p) = p + z - y :> R.
Proof. by ringR. Qed.

Lemma pad_three_turns p x y z : y - (z - (x - p)) = x + y - z - p :> R.
Proof. by ringR. Qed.

End Arithmetic.

(* The reversed index k-1-u needs no truncation: u < k. *)
Lemma rev_ordZ k (u : 'I_k) : (rev_ord u)%:Z = k%:Z - 1 - u%:Z.
Proof. by rewrite /= -subzn ?ltn_ord // -add1n PoszD opprD addrA. Qed.

(* On the parameters: the exchanges are involutions, padding included, and    *)
(* three rounds of them are the half turn.                                    *)
Lemma filter_windowK : involutive filter_window.
Proof. by case. Qed.

Lemma input_windowK : involutive input_window.
Proof. by case=> *; rewrite /input_window /= subKr. Qed.

Lemma operand_windowK : involutive operand_window.
Proof. by case=> *; rewrite /operand_window /= pad_operand. Qed.

Lemma half_turnK : involutive half_turn.
Proof. by case=> *; rewrite /half_turn /= subKr. Qed.

Lemma three_turns w : iter 3 (input_window \o filter_window) w = half_turn w.
Proof. by rewrite /half_turn -pad_three_turns. Qed.

Lemma operand_window_turns w :
  operand_window w =
  half_turn (filter_window (input_window (filter_window w))).
Proof.
by rewrite /operand_window -(pad_turned _ (span (stride w) (outputs w))).
Qed.

(* On the relation: the same triples meet, a kernel index reversed where the  *)
(* input takes the place of the output.                                       *)
Section Touches.

Variable w : window.
Variables (i : 'I_(outputs w)) (u : 'I_(kernel w)) (a : 'I_(inputs w)).

Lemma touches_filter : touches (filter_window w) u i a = touches w i u a.
Proof. exact: row_filter. Qed.

Lemma touches_input :
  touches (input_window w) a (rev_ord u) i = touches w i u a.
Proof. by rewrite /touches /meets rev_ordZ; exact: row_input. Qed.

Lemma touches_operand :
  touches (operand_window w) i (rev_ord a) (rev_ord u) = touches w i u a.
Proof. by rewrite /touches /meets !rev_ordZ; exact: row_operand. Qed.

Lemma touches_half_turn :
  touches (half_turn w) (rev_ord i) (rev_ord u) (rev_ord a) = touches w i u a.
Proof. by rewrite /touches /meets !rev_ordZ; exact: row_half_turn. Qed.

Lemma touches_filterK :
  touches (filter_window (filter_window w)) i u a = touches w i u a.
Proof. by []. Qed.

Lemma touches_inputK :
  touches (input_window (input_window w)) i u a = touches w i u a.
Proof.
by rewrite /touches /meets (congr1 padding (input_windowK w)).
Qed.

End Touches.

Print Assumptions filter_windowK.
Print Assumptions input_windowK.
Print Assumptions three_turns.
Print Assumptions touches_filter.
Print Assumptions touches_input.
Print Assumptions touches_filterK.
Print Assumptions touches_inputK.
Print Assumptions touches_operand.
Print Assumptions touches_half_turn.
