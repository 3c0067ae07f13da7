(******************************************************************************)
(* Batch normalization.                                                       *)
(*                                                                            *)
(* An index is a pair (j, k): j counts the values of a channel (examples and  *)
(* positions), k the channels.  m is 1 over the number of values, half is 1/2.*)
(*     mean E k       m times the sum of E over channel k                     *)
(*     deviation x    x minus the mean of its channel                         *)
(*     variance x     the mean of the squares of the deviations               *)
(*     x_hat          deviation x * r,   r k ^ 2 * (variance x k + eps k) = 1 *)
(*     y              gamma * x_hat + beta                                    *)
(* The inverse root r is no polynomial.  It is a letter with the equation     *)
(* above, and along a curve through x any polynomial rho that begins with r   *)
(* and keeps this equation to first order; there is one (root_along_exists),  *)
(* and its velocity is forced: -r^3/2 times that of the variance (root_slope).*)
(* Then for every loss with gradient D at y the gradient at x is              *)
(*     gamma r (D - mean D - x_hat * mean (D * x_hat)),                       *)
(* that at gamma the sum of D * x_hat, that at beta the sum of D.             *)
(*                                                                            *)
(*   theorem key          lemma                                               *)
(*   batch-norm-backward  mean_deviation, root_slope, root_along_exists,      *)
(*                        gradient_of_batch_norm, gradient_of_scale,          *)
(*                        gradient_of_shift                                   *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg poly.
From Gradproof Require Import relation form derivative.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section Statistics.

Variables (S : comRingType) (J C : finType) (m : S).
Implicit Types (x E : J * C -> S).

Definition mean E k := m * \sum_j E (j, k).
Definition deviation x p := x p - mean x p.2.
Definition variance x := mean (fun p => deviation x p ^+ 2).

Lemma eq_mean E E' k : (forall j, E (j, k) = E' (j, k)) -> mean E k = mean E' k.
Proof. by move=> same; congr (m * _); apply: eq_bigr => j _. Qed.

Hypothesis m_count : m * #|J|%:R = 1.

Lemma sum_deviation x k : \sum_j deviation x (j, k) = 0.
Proof.
rewrite sumrB /= sumr_const -mulr_natr [mean x k * _]mulrAC m_count mul1r.
exact: subrr.
Qed.

Theorem mean_deviation x k : mean (deviation x) k = 0.
Proof. by rewrite /mean sum_deviation mulr0. Qed.

(* A deviation may stand for its array where it is multiplied by one.         *)
Lemma sum_deviations x E k :
  \sum_j deviation x (j, k) * deviation E (j, k) =
  \sum_j deviation x (j, k) * E (j, k).
Proof.
under eq_bigr do rewrite mulrBr /=.
by rewrite sumrB -mulr_suml sum_deviation mul0r subr0.
Qed.

End Statistics.

Section BatchNorm.

Variables (R : comRingType) (J C : finType) (m half : R).
Variables (eps gamma beta r : C -> R) (x : J * C -> R).
Hypothesis m_count : m * #|J|%:R = 1.
Hypothesis half_two : half * 2%:R = 1.
Hypothesis root : forall k, r k ^+ 2 * (variance m x k + eps k) = 1.
Add Ring ring_of_values : (comRing_theory R).
Ltac value_ring :=
  ring_terms R; match goal with |- @eq _ ?x ?y => change (@eq R x y) end; ring.
Implicit Types (D v : J * C -> R) (c : J * C -> {poly R}).

Definition x_hat p := deviation m x p * r p.2.
Definition y p := gamma p.2 * x_hat p + beta p.2.

Definition three_terms D p :=
  gamma p.2 * r p.2 *
    (D p - mean m D p.2 - x_hat p * mean m (fun q => D q * x_hat q) p.2).

(* The velocity of the variance, where that of x is v. *)
Definition spread v k := m * (2%:R * \sum_j deviation m x (j, k) * v (j, k)).

(* rho begins with r, and rho^2 (variance + eps) stays 1 to first order. *)
Definition root_along (rho : (J * C -> {poly R}) -> C -> {poly R}) :=
  forall c, at_start c =1 x -> forall k,
    (rho c k).[0] = r k /\
    (rho c k ^+ 2 * (variance m%:P c k + (eps k)%:P))^`().[0] = 0.

Definition batch_norm (rho : (J * C -> {poly R}) -> C -> {poly R}) c p :=
  (gamma p.2)%:P * (deviation m%:P c p * rho c p.2) + (beta p.2)%:P.

Section Along.

Variable c : J * C -> {poly R}.
Hypothesis start : at_start c =1 x.

Lemma mean_start k : (mean m%:P c k).[0] = mean m x k.
Proof.
rewrite hornerM hornerC horner_sum; congr (_ * _).
by apply: eq_bigr => j _; rewrite -start.
Qed.

Lemma mean_velocity k : (mean m%:P c k)^`().[0] = mean m (velocity c) k.
Proof.
by rewrite derivM derivC mul0r add0r hornerM hornerC deriv_sum horner_sum.
Qed.

Lemma deviation_start p : (deviation m%:P c p).[0] = deviation m x p.
Proof. by rewrite hornerD hornerN mean_start; congr (_ - _); exact: start. Qed.

Lemma deviation_velocity p :
  (deviation m%:P c p)^`().[0] = deviation m (velocity c) p.
Proof. by rewrite derivB hornerD hornerN mean_velocity. Qed.

Lemma variance_start k : (variance m%:P c k).[0] = variance m x k.
Proof.
rewrite hornerM hornerC horner_sum; congr (_ * _).
by apply: eq_bigr => j _; rewrite horner_exp deviation_start.
Qed.

Lemma variance_velocity k :
  (variance m%:P c k)^`().[0] = spread (velocity c) k.
Proof.
rewrite derivM derivC mul0r add0r hornerM hornerC deriv_sum horner_sum.
congr (_ * _); rewrite -(sum_deviations m_count) mulr_sumr.
apply: eq_bigr => j _; rewrite deriv_exp expr1 hornerMn hornerM.
by rewrite deviation_start deviation_velocity mulrC mulr_natl.
Qed.

(* Any inverse root along the curve has this velocity. *)
Theorem root_slope (q : {poly R}) k :
  q.[0] = r k ->
  (q ^+ 2 * (variance m%:P c k + (eps k)%:P))^`().[0] = 0 ->
  q^`().[0] = - (half * r k ^+ 3 * spread (velocity c) k).
Proof.
move=> begins; rewrite derivM deriv_exp derivD derivC addr0 expr1.
rewrite hornerD !hornerM hornerMn hornerM hornerD hornerC.
rewrite begins variance_start variance_velocity.
have := root k.
move: (spread _ k) (q^`().[0]) (variance m x k + eps k) => dw dr w.
rewrite -mulr_natl expr2 !exprS expr0 mulr1 => rw zero.
transitivity (dr * (half * 2%:R) * (r k * r k * w)).
  by rewrite half_two rw !mulr1.
have -> : dr * (half * 2%:R) * (r k * r k * w) =
  half * r k * (2%:R * (dr * r k) * w + r k * r k * dw)
    - half * (r k * (r k * r k)) * dw by value_ring.
by rewrite zero mulr0 add0r.
Qed.

End Along.

(* The way to first order is there: r - (r^3/2 times the velocity) t. *)
Theorem root_along_exists : exists rho, root_along rho.
Proof.
pose slope c k := - (half * r k ^+ 3 * spread (velocity c) k).
exists (fun c k => (r k)%:P + (slope c k)%:P * 'X) => c start k.
have begins : ((r k)%:P + (slope c k)%:P * 'X).[0] = r k.
  by rewrite hornerD hornerM hornerX mulr0 addr0 hornerC.
split=> //; rewrite derivM deriv_exp [((variance _ _ _) + _)^`()]derivD.
rewrite derivC addr0 expr1.
rewrite hornerD !hornerM hornerMn hornerM [in X in _ * X]hornerD hornerC begins.
rewrite (variance_start start) (variance_velocity start).
rewrite derivD derivM !derivC derivX mul0r add0r mulr1 add0r hornerC /slope.
have := root k; move: (spread _ k) (variance m x k + eps k) => dw w.
rewrite -mulr_natl expr2 !exprS expr0 mulr1 => rw.
transitivity (r k * r k * dw * (1 - half * 2%:R * (r k * r k * w))).
  by value_ring.
by rewrite half_two rw mulr1 subrr mulr0.
Qed.

(* What a change v of x does to y. *)
Definition pushed v p :=
  gamma p.2 * (deviation m v p * r p.2
    - deviation m x p * (half * r p.2 ^+ 3 * spread v p.2)).

Lemma batch_norm_tangent rho :
  root_along rho -> tangent (batch_norm rho) x y pushed.
Proof.
move=> along c start; split=> p; have [begins flat] := along c start p.2.
  rewrite /at_start hornerD !hornerM !hornerC begins.
  by rewrite (deviation_start start).
rewrite /velocity derivD derivC addr0 derivM derivC mul0r add0r hornerM hornerC.
congr (_ * _); rewrite derivM hornerD !hornerM begins.
rewrite (deviation_start start) deviation_velocity.
by rewrite (root_slope start begins flat) mulrN.
Qed.

(* In one channel: a, b, A, S, Q are the sums over it. *)
Lemma pulled_channel D v k :
  \sum_j D (j, k) * pushed v (j, k) = \sum_j three_terms D (j, k) * v (j, k).
Proof.
pose a := \sum_j D (j, k); pose b := \sum_j v (j, k).
pose A := \sum_j D (j, k) * v (j, k).
pose S := \sum_j deviation m x (j, k) * v (j, k).
pose Q := \sum_j D (j, k) * deviation m x (j, k).
have products : mean m (fun q => D q * x_hat q) k = m * (Q * r k).
  rewrite /mean mulr_suml; congr (_ * _).
  by apply: eq_bigr => j _; rewrite mulrA.
transitivity (gamma k * r k * A + (- (gamma k * r k * mean m v k)) * a
  + (- (gamma k * (half * r k ^+ 3 * spread v k))) * Q).
  rewrite !mulr_sumr -!big_split; apply: eq_bigr => j _.
  by rewrite /pushed /deviation !exprS expr0 /=; value_ring.
transitivity (gamma k * r k * A + (- (gamma k * r k * mean m D k)) * b
  + (- (gamma k * r k * r k * mean m (fun q => D q * x_hat q) k)) * S);
  last first.
  rewrite !mulr_sumr -!big_split; apply: eq_bigr => j _.
  by rewrite /three_terms /x_hat /=; value_ring.
rewrite products /spread -/S /mean -/a -/b !exprS expr0 mulr1.
have half_of t : half * (2%:R * t) = t by rewrite mulrA half_two mul1r.
rewrite -[in RHS](half_of S).
by value_ring.
Qed.

Lemma sum_pairs_channel (E : J * C -> R) :
  \sum_p E p = \sum_k \sum_j E (j, k).
Proof.
by rewrite exchange_big pair_big; apply: eq_bigr => -[].
Qed.

Theorem gradient_of_batch_norm rho f D :
  root_along rho -> gradient f y D ->
  gradient (fun c => f (batch_norm rho c)) x (three_terms D).
Proof.
move=> along; apply: chain (batch_norm_tangent along) _ => v.
rewrite /dot !sum_pairs_channel; apply: eq_bigr => k _; exact: pulled_channel.
Qed.

Theorem gradient_of_scale f D :
  gradient f y D ->
  gradient (fun c : C -> {poly R} =>
              f (fun p => c p.2 * (x_hat p)%:P + (beta p.2)%:P))
           gamma (fun k => \sum_j D (j, k) * x_hat (j, k)).
Proof.
pose L (v : C -> R) (p : prod_finType J C) := v p.2 * x_hat p.
apply: (chain (L := L)) => [c start|v].
  split=> p; rewrite /at_start /velocity.
    by rewrite hornerD hornerM !hornerC; congr (_ * _ + _); exact: start.
  by rewrite derivD derivM !derivC mulr0 !addr0 hornerM hornerC.
rewrite /dot sum_pairs_channel; apply: eq_bigr => k _; rewrite mulr_suml.
by apply: eq_bigr => j _; rewrite /L /=; value_ring.
Qed.

Theorem gradient_of_shift f D :
  gradient f y D ->
  gradient (fun c : C -> {poly R} =>
              f (fun p => (gamma p.2 * x_hat p)%:P + c p.2))
           beta (fun k => \sum_j D (j, k)).
Proof.
pose L (v : C -> R) (p : prod_finType J C) := v p.2.
apply: (chain (L := L)) => [c start|v].
  split=> p; rewrite /at_start /velocity.
    by rewrite hornerD hornerC; congr (_ + _); exact: start.
  by rewrite derivD derivC add0r.
rewrite /dot sum_pairs_channel; apply: eq_bigr => k _.
by rewrite mulr_suml.
Qed.

End BatchNorm.

Print Assumptions mean_deviation.
Print Assumptions root_slope.
Print Assumptions root_along_exists.
Print Assumptions gradient_of_batch_norm.
Print Assumptions gradient_of_scale.
Print Assumptions gradient_of_shift.
