(******************************************************************************)
(* More axes, channels, groups and batch: by pairing.                         *)
(*                                                                            *)
(* form.v speaks of any index sets, so a second axis is a pair of indices and *)
(* the conjunction of two relations; sums over pairs are sums inside sums,    *)
(* and pairs of turns are turns.                                              *)
(*                                                                            *)
(* Channels are one more axis.  Output (n,g,o), kernel (g,o,c) and input      *)
(* (n,g,c) meet when the letters they share are equal: n batch, g group,      *)
(* o output channel, c input channel (n or g of one element: no batch, no     *)
(* groups; c of one element: depthwise).  Spelled out, a layer is             *)
(*                                                                            *)
(*   O [n,g,o,i] = sum over c,u,a of F[g,o,c,u] X[n,g,c,a]                    *)
(*   dF[g,o,c,u] = sum over n,i,a of delta[n,g,o,i] X[n,g,c,a]                *)
(*   dX[n,g,c,a] = sum over o,u,i of F[g,o,c,u] delta[n,g,o,i]                *)
(*   dB[g,o]     = sum over n,i   of delta[n,g,o,i]                           *)
(*                                                                            *)
(* with (i,u,a) related on the remaining axes.  Where these can be turned     *)
(* round, dX is a layer again, its output and input channels exchanged.       *)
(*                                                                            *)
(*   theorem key      lemma                                                   *)
(*   filter-gradient  layer_filter_gradient                                   *)
(*   input-gradient   layer_input_gradient, layer_input_layer                 *)
(*   bias-gradient    layer_bias_gradient                                     *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint.
From Gradproof Require Import relation form.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

(* Two axes side by side. *)
Definition pair_rel (I J U V A B : Type)
    (r : I -> U -> A -> bool) (q : J -> V -> B -> bool) :=
  fun (i : I * J) (u : U * V) (a : A * B) => r i.1 u.1 a.1 && q i.2 u.2 a.2.

Section Nesting.

Variables (R : comRingType) (I J U V A B : finType).
Variables (r : I -> U -> A -> bool) (q : J -> V -> B -> bool).

(* A sum over related pairs is a sum inside a sum. *)
Lemma sum_pairs (F : U * V -> R) (X : A * B -> R) i j :
  forward (pair_rel r q) F X (i, j) =
  \sum_u \sum_(a | r i u a)
    forward q (fun v => F (u, v)) (fun b => X (a, b)) j.
Proof.
rewrite /forward [LHS](eq_bigr (fun p => \sum_(c | r i p.1 c.1 && q j p.2 c.2)
  F (p.1, p.2) * X (c.1, c.2))); last first.
  by move=> [u v] _; apply: eq_bigr => [[a b]] _.
rewrite -(pair_bigA _ (fun u v => \sum_(c | r i u c.1 && q j v c.2)
  F (u, v) * X (c.1, c.2))) /=.
apply: eq_bigr => u _; rewrite [RHS]exchange_big /=; apply: eq_bigr => v _.
by rewrite (pair_big_dep (r i u) (fun _ b => q j v b)
  (fun a b => F (u, v) * X (a, b))).
Qed.

End Nesting.

(* Pairs of turns are turns. *)
Definition pair_map (I J : Type) (f : I -> I) (g : J -> J) (p : I * J) :=
  (f p.1, g p.2).

Lemma pair_mapK (I J : Type) (f : I -> I) (g : J -> J) :
  involutive f -> involutive g -> involutive (pair_map f g).
Proof. by move=> fK gK [i j]; rewrite /pair_map /= fK gK. Qed.

(* When each c is met by one p and one q, a sum over related pairs is a sum   *)
(* over c.                                                                    *)
Lemma sum_graph (R : comRingType) (C P Q : finType) (f : C -> P) (g : P -> C)
    (h : C -> Q) (q : P -> Q -> bool) (E : P -> Q -> R) :
  cancel f g -> (forall x y, q x y = (f (g x) == x) && (y == h (g x))) ->
  \sum_x \sum_(y | q x y) E x y = \sum_c E (f c) (h c).
Proof.
move=> fK qE; rewrite [RHS](reindex_onto g f) => [|c _]; last exact: fK.
rewrite [RHS]big_mkcond /=; apply: eq_bigr => x _; under eq_bigl do rewrite qE.
by case: eqP => [->|_]; [exact: big_pred1_eq|exact: big_pred0].
Qed.

Section Layer.

Variables (R : comRingType) (N G O C I U A : finType).
Variable r : I -> U -> A -> bool.

Definition channels (i : N * G * O) (u : G * O * C) (a : N * G * C) : bool :=
  [&& i.1.1 == a.1.1, i.1.2 == u.1.1, i.1.2 == a.1.2, i.2 == u.1.2
    & u.2 == a.2].

Definition layer := pair_rel channels r.

Implicit Types (D : N * G * O * I -> R) (F : G * O * C * U -> R).
Implicit Types (X : N * G * C * A -> R).

Theorem layer_forward F X n g o i :
  forward layer F X ((n, g, o), i) =
  \sum_c forward r (fun u => F ((g, o, c), u)) (fun a => X ((n, g, c), a)) i.
Proof.
rewrite sum_pairs (sum_graph (f := fun c => (g, o, c)) (g := fun u => u.2)
  (h := fun c => (n, g, c))) // => -[[g1 o1] c1] [[n2 g2] c2].
apply/and5P/andP => /= [[/eqP-> /eqP-> /eqP<- /eqP-> /eqP->] //|].
by case=> /eqP[-> ->] /eqP[-> -> ->].
Qed.

Theorem layer_filter_gradient D X g o c u :
  grad_filter layer D X ((g, o, c), u) =
  \sum_n grad_filter r (fun i => D ((n, g, o), i))
                       (fun a => X ((n, g, c), a)) u.
Proof.
rewrite grad_filter_forward.
rewrite (sum_pairs (fun u i a => channels i u a) (fun u i a => r i u a)).
rewrite (sum_graph (f := fun n => (n, g, o)) (g := fun i => i.1.1)
  (h := fun n => (n, g, c))) // => -[[n1 g1] o1] [[n2 g2] c2].
apply/and5P/andP => /= [[/eqP-> /eqP-> /eqP<- /eqP-> /eqP->] //|].
by case=> /eqP[-> ->] /eqP[-> -> ->].
Qed.

Theorem layer_input_gradient D F n g c a :
  grad_input layer D F ((n, g, c), a) =
  \sum_o grad_input r (fun i => D ((n, g, o), i))
                      (fun u => F ((g, o, c), u)) a.
Proof.
rewrite grad_input_forward.
rewrite (sum_pairs (fun a u i => channels i u a) (fun a u i => r i u a)).
rewrite (sum_graph (f := fun o => (g, o, c)) (g := fun u => u.1.2)
  (h := fun o => (n, g, o))); last 2 first.
- by [].
- move=> [[g1 o1] c1] [[n2 g2] o2].
  apply/and5P/andP => /= [[/eqP-> /eqP<- /eqP-> /eqP-> /eqP->] //|].
  by case=> /eqP[-> ->] /eqP[-> -> ->].
by apply: eq_bigr => o _; rewrite grad_input_forward.
Qed.

(* The bias belongs to (g, o); what its gradient sums (derivative.v). *)
Definition channel_of (i : N * G * O * I) : G * O := (i.1.1.2, i.1.2).

Theorem layer_bias_gradient D g o :
  \sum_(i | channel_of i == (g, o)) D i = \sum_n \sum_i D ((n, g, o), i).
Proof.
rewrite pair_big /= (reindex_onto (fun p => ((p.1, g, o), p.2))
  (fun i => (i.1.1.1, i.2))) /=; last first.
  by move=> [[[n g'] o'] i] /eqP[-> ->].
by apply: eq_bigl => -[n i]; rewrite /channel_of !eqxx.
Qed.

End Layer.

(* Back through a layer goes a layer: output and input channels exchanged,    *)
(* the kernel turned round.                                                   *)
Theorem layer_input_layer (R : comRingType) (N G O C I U A : finType)
    (r : I -> U -> A -> bool) (r' : A -> U -> I -> bool) (rho : U -> U)
    (D : N * G * O * I -> R) (F : G * O * C * U -> R) n g c a :
  involutive rho -> (forall i u a, r' a (rho u) i = r i u a) ->
  grad_input (layer r) D F ((n, g, c), a) =
  forward (layer r') (fun p => F ((p.1.1.1, p.1.2, p.1.1.2), rho p.2)) D
          ((n, g, c), a).
Proof.
move=> rhoK turned; rewrite layer_input_gradient layer_forward.
by apply: eq_bigr => o _; rewrite (turned_input rhoK _ _ _ turned).
Qed.

Print Assumptions sum_pairs.
Print Assumptions layer_forward.
Print Assumptions layer_filter_gradient.
Print Assumptions layer_input_gradient.
Print Assumptions layer_bias_gradient.
Print Assumptions layer_input_layer.
