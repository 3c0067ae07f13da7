(******************************************************************************)
(* The whole story in three statements.                                       *)
(*                                                                            *)
(* A convolution layer with batch, groups, channels and bias over rows and    *)
(* columns, each axis with a stride, dilation, input dilation and padding of  *)
(* its own, under the squared loss                                            *)
(*                                                                            *)
(*     L = q * sum of (O - T)^2,   O = conv(F, X) + B,   delta = q * 2(O - T) *)
(*                                                                            *)
(* (q is 1 for the sum and 1/(number of terms) for the mean).  The            *)
(* derivatives of L, in the sense of derivative.v, are                        *)
(*                                                                            *)
(*   in F  for each g,o,c the window (d,s,e,p) of X by delta, added over n;   *)
(*   in X  for each n,g,c the window (e,d,s,d(k-1)-p) of delta by rot180 F,   *)
(*         added over o;                                                      *)
(*   in B  for each g,o the sum of delta.                                     *)
(*                                                                            *)
(*   theorem key      lemma                                                   *)
(*   filter-gradient  convolution_layer_filter                                *)
(*   input-gradient   convolution_layer_input                                 *)
(*   bias-gradient    convolution_layer_bias                                  *)
(******************************************************************************)

From mathcomp Require Import all_ssreflect ssralg ssrint poly.
From Gradproof Require Import relation form derivative axes two_axes.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Section ConvolutionLayer.

Variables (N G O C : finType) (v w : window).
Local Notation outs := (N * G * O * ('I_(outputs v) * 'I_(outputs w)))%type.
Local Notation kers := (G * O * C * ('I_(kernel v) * 'I_(kernel w)))%type.
Local Notation ins := (N * G * C * ('I_(inputs v) * 'I_(inputs w)))%type.

(* One formula, for numbers of R and for curves, which are polynomials. *)
Definition output (S : comRingType) (F : kers -> S) (X : ins -> S)
    (B : G * O -> S) : outs -> S :=
  plus (forward (layer (touches2 v w)) F X) (B \o @channel_of N G O _).

Definition loss (S : comRingType) (q : S) (T : outs -> S) F X B : S :=
  squared_loss q T (output F X B).

Variables (R : comRingType) (q : R) (T : outs -> R).
Variables (F : kers -> R) (X : ins -> R) (B : G * O -> R).

Definition delta (i : outs) : R := q * (2%:R * (output F X B i - T i)).

Let at_output : gradient (squared_loss q%:P (still T)) (output F X B) delta.
Proof. exact: gradient_squared_loss. Qed.

Theorem convolution_layer_filter :
  gradient (fun c => loss q%:P (still T) c (still X) (still B)) F
    (fun p => let: (g, o, c, u) := p in
       \sum_n forward (touches2 (filter_window v) (filter_window w))
                      (fun i => delta (n, g, o, i))
                      (fun a => X (n, g, c, a)) u).
Proof.
have grad := gradient_of_filter (gradient_past_bias at_output).
apply: eq_gradient grad => // -[[[g o] c] u].
rewrite layer_filter_gradient; apply: eq_bigr => n _; exact: filter_gradient2.
Qed.

Theorem convolution_layer_input :
  gradient (fun c => loss q%:P (still T) (still F) c (still B)) X
    (fun p => let: (n, g, c, a) := p in
       \sum_o forward (touches2 (input_window v) (input_window w))
                      (rot180 (fun u => F (g, o, c, u)))
                      (fun i => delta (n, g, o, i)) a).
Proof.
have grad := gradient_of_input (gradient_past_bias at_output).
by apply: eq_gradient grad => // -[[[n g] c] a]; exact: layer_input_gradient2.
Qed.

Theorem convolution_layer_bias :
  gradient (fun c => loss q%:P (still T) (still F) (still X) c) B
    (fun p => let: (g, o) := p in \sum_n \sum_i delta (n, g, o, i)).
Proof.
apply: eq_gradient (gradient_of_bias at_output) => [c|[g o]]; last first.
  exact: layer_bias_gradient.
congr (_ * _); apply: eq_bigr => i _; congr ((_ + _ - _) ^+ 2).
rewrite /still rmorph_sum; apply: eq_bigr => u _.
by rewrite rmorph_sum; apply: eq_bigr => a _; rewrite rmorphM.
Qed.

End ConvolutionLayer.

Print Assumptions convolution_layer_filter.
Print Assumptions convolution_layer_input.
Print Assumptions convolution_layer_bias.
