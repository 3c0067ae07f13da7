(******************************************************************************)
(* From the theorems to the matrices of a page.                               *)
(*                                                                            *)
(* For given sizes the sums over related indices are finite lists of terms.   *)
(* A tensor is given by a function on plain numbers (D i j is the letter in   *)
(* row i and column j), the matrix shown on the page is the list of its rows, *)
(* and its entry is the sum, from the left, of the terms that the relation    *)
(* lists.  So a displayed matrix is proved by running the relation, once the  *)
(* lemmas below, proved for all sizes, have been applied:                     *)
(*                                                                            *)
(*   Corollary page : display (grad_input (touches2 v w) (tensor2 D)          *)
(*                             (tensor2 F)) = [:: [:: D 0 0 * F 0 0; ...]].   *)
(*   Proof. by rewrite display_input; vm_compute. Qed.                        *)
(*                                                                            *)
(*   theorem key      lemma                                                   *)
(*   filter-gradient  display_filter                                          *)
(*   input-gradient   display_input, display_input_convolution,               *)
(*                    display_turned                                          *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint.
From Gradproof Require Import relation form axes two_axes.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* All related pairs of two axes of given extents, the first one slowest. *)
Definition pairs (q : nat -> nat -> bool) (m n : nat) : seq (nat * nat) :=
  [seq x <- [seq (i, j) | i <- iota 0 m, j <- iota 0 n] | q x.1 x.2].

Section Entries.

Variable R : comRingType.

Definition tensor2 m n (X : nat -> nat -> R) (p : 'I_m * 'I_n) : R := X p.1 p.2.

Definition display m n (X : 'I_m * 'I_n -> R) : seq (seq R) :=
  [seq [seq X (i, j) | j <- enum 'I_n] | i <- enum 'I_m].

(* The letter or number in row i and column j of a displayed matrix. *)
Definition at_place (x : seq (seq R)) (i j : nat) : R := nth 0 (nth [::] x i) j.

(* x1 + x2 + ... + xn, bracketed from the left; 0 for no terms. *)
Definition total (xs : seq R) : R :=
  if xs is x :: xs' then foldl +%R x xs' else 0.

(* The terms of an entry: related pairs of the first axis by related pairs of *)
(* the second.                                                                *)
Definition terms (E : nat -> nat -> nat -> nat -> R)
    (ps qs : seq (nat * nat)) : seq R :=
  [seq E p.1 p.2 q.1 q.2 | p <- ps, q <- qs].

Definition matrix_of m n (e : nat -> nat -> R) : seq (seq R) :=
  [seq [seq e i j | j <- iota 0 n] | i <- iota 0 m].

Lemma total_sum xs : total xs = \sum_(x <- xs) x.
Proof.
case: xs => [|x xs] /=; first by rewrite big_nil.
elim: xs x => [|y xs IH] x /=; first by rewrite big_cons big_nil addr0.
by rewrite IH !big_cons addrA.
Qed.

Lemma sum_iota n (E : nat -> R) : \sum_(i < n) E i = \sum_(i <- iota 0 n) E i.
Proof. by rewrite -(big_mkord xpredT) /index_iota subn0. Qed.

Lemma sum_related (q : nat -> nat -> bool) m n (E : nat -> nat -> R) :
  \sum_(i < m) \sum_(j < n | q i j) E i j = \sum_(p <- pairs q m n) E p.1 p.2.
Proof.
rewrite /pairs [RHS]big_filter [RHS]big_mkcond [RHS]big_allpairs_dep /=.
rewrite (sum_iota _ (fun i => \sum_(j < n | q i j) E i j)).
apply: eq_bigr => i _; rewrite big_mkcond.
by rewrite (sum_iota _ (fun j => if q i j then E i j else 0)).
Qed.

Lemma display_matrix m n (X : 'I_m * 'I_n -> R) (e : nat -> nat -> R) :
  (forall i j, X (i, j) = e i j) -> display X = matrix_of m n e.
Proof.
move=> eqX; rewrite /display /matrix_of -(val_enum_ord m) -[RHS]map_comp.
apply: eq_map => i /=; rewrite -(val_enum_ord n) -[RHS]map_comp.
by apply: eq_map => j /=.
Qed.

(* One entry over two axes. *)
Lemma entry2 (q q' : nat -> nat -> bool) m n m' n'
    (E : nat -> nat -> nat -> nat -> R) :
  \sum_(i < m) \sum_(j < n | q i j)
    \sum_(i' < m') \sum_(j' < n' | q' i' j') E i j i' j' =
  total (terms E (pairs q m n) (pairs q' m' n')).
Proof.
rewrite total_sum big_allpairs_dep -(sum_related q m n (fun i j =>
  \sum_(p <- pairs q' m' n') E i j p.1 p.2)).
by do 2 (apply: eq_bigr => ? _); exact: sum_related.
Qed.

Variables v w : window.
Local Notation r := (touches2 v w).

Theorem display_forward F X :
  display (forward r (tensor2 F) (tensor2 X)) =
  matrix_of (outputs v) (outputs w) (fun i j => total (terms
    (fun u a u' a' => F u u' * X a a')
    (pairs (meets v i) (kernel v) (inputs v))
    (pairs (meets w j) (kernel w) (inputs w)))).
Proof. by apply: display_matrix => i j; rewrite sum_pairs -entry2. Qed.

(* The kernel turned round is read backwards. *)
Theorem display_turned F X :
  display (forward r (rot180 (tensor2 F)) (tensor2 X)) =
  matrix_of (outputs v) (outputs w) (fun i j => total (terms
    (fun u a u' a' => F (kernel v - u.+1)%N (kernel w - u'.+1)%N * X a a')
    (pairs (meets v i) (kernel v) (inputs v))
    (pairs (meets w j) (kernel w) (inputs w)))).
Proof.
apply: display_matrix => i j; rewrite sum_pairs.
exact: (entry2 _ _ _ _ _ _ (fun u a u' a' =>
  F (kernel v - u.+1)%N (kernel w - u'.+1)%N * X a a')).
Qed.

Theorem display_filter D X :
  display (grad_filter r (tensor2 D) (tensor2 X)) =
  matrix_of (kernel v) (kernel w) (fun u u' => total (terms
    (fun i a i' a' => D i i' * X a a')
    (pairs (fun i a => meets v i u a) (outputs v) (inputs v))
    (pairs (fun i a => meets w i u' a) (outputs w) (inputs w)))).
Proof.
apply: display_matrix => u u'; rewrite grad_filter_forward.
rewrite (sum_pairs (fun u i a => touches v i u a)
                   (fun u i a => touches w i u a)).
by rewrite -entry2.
Qed.

Theorem display_input D F :
  display (grad_input r (tensor2 D) (tensor2 F)) =
  matrix_of (inputs v) (inputs w) (fun a a' => total (terms
    (fun u i u' i' => D i i' * F u u')
    (pairs (fun u i => meets v i u a) (kernel v) (outputs v))
    (pairs (fun u i => meets w i u a') (kernel w) (outputs w)))).
Proof.
apply: display_matrix => a a'; rewrite grad_input_forward.
rewrite (sum_pairs (fun a u i => touches v i u a)
                   (fun a u i => touches w i u a)).
rewrite -entry2; do 4 (apply: eq_bigr => ? _); exact: mulrC.
Qed.

Theorem display_input_turned D F :
  display (grad_input r (tensor2 D) (rot180 (tensor2 F))) =
  matrix_of (inputs v) (inputs w) (fun a a' => total (terms
    (fun u i u' i' => D i i' * F (kernel v - u.+1)%N (kernel w - u'.+1)%N)
    (pairs (fun u i => meets v i u a) (kernel v) (outputs v))
    (pairs (fun u i => meets w i u a') (kernel w) (outputs w)))).
Proof.
apply: display_matrix => a a'; rewrite grad_input_forward.
rewrite (sum_pairs (fun a u i => touches v i u a)
                   (fun a u i => touches w i u a)).
rewrite -(entry2 _ _ _ _ _ _ (fun u i u' i' =>
  D i i' * F (kernel v - u.+1)%N (kernel w - u'.+1)%N)).
do 4 (apply: eq_bigr => ? _); exact: mulrC.
Qed.

(* The same matrix is the convolution of delta by the turned kernel. *)
Theorem display_input_convolution D F :
  display (forward (touches2 (input_window v) (input_window w))
                   (rot180 (tensor2 F)) (tensor2 D)) =
  display (grad_input r (tensor2 D) (tensor2 F)).
Proof. by do 2 (apply: eq_map => ?); rewrite input_gradient2. Qed.

End Entries.

Print Assumptions display_forward.
Print Assumptions display_turned.
Print Assumptions display_filter.
Print Assumptions display_input.
Print Assumptions display_input_turned.
Print Assumptions display_input_convolution.
