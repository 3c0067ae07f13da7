"""The TeX commands that `mathml` reads, without their backslash, and the characters that they are."""

NAMES = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
LETTERS = dict(zip(NAMES.split(), "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True)) | {
    "partial": "∂",
    "infty": "∞",
    "ell": "ℓ",
    "emptyset": "∅",
    "prime": "′",
    "top": "⊤",
}
DOTS = {"cdots": "⋯", "ldots": "…", "dots": "…", "vdots": "⋮", "ddots": "⋱"}
FUNCTIONS = ("exp", "log", "ln", "tanh", "max", "min", "arg", "sin", "cos", "det", "dim", "gcd", "sup", "inf", "lim")
NO_GAP = ("", "(", "[", "\\left", ",", ")", "]")  # what may follow a function's name without a gap
BELOW = ("max", "min", "sup", "inf", "lim")  # what runs beneath stands beneath
BINARY = {
    "+": "+", "-": "−", "*": "∗", "/": "/",
    "star": "⋆", "ast": "∗", "cdot": "⋅", "times": "×", "otimes": "⊗", "odot": "⊙", "oplus": "⊕", "circ": "∘",
    "pm": "±", "bmod": "mod", "cup": "∪", "cap": "∩", "setminus": "∖", "wedge": "∧", "vee": "∨", "div": "÷",
}  # fmt: skip
SPACED = ("star", "ast", "otimes", "odot", "oplus", "circ")  # browsers set some of these too close
RELATIONS = {
    "=": "=", "<": "<", ">": ">", ":": ":", ":=": "≔",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "equiv": "≡",
    "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "mapsto": "↦", "mid": "∣", "Leftrightarrow": "⇔", "iff": "⇔", "Rightarrow": "⇒", "implies": "⇒", "propto": "∝",
    "coloneqq": "≔", "leftrightarrow": "↔", "updownarrow": "↕", "uparrow": "↑", "downarrow": "↓",
    "forall": "∀", "exists": "∃",
}  # fmt: skip
OPENING = {"(": "(", "[": "[", "{": "{", "lvert": "|", "lVert": "‖", "lfloor": "⌊", "lceil": "⌈", "langle": "⟨"}
CLOSING = {")": ")", "]": "]", "}": "}", "rvert": "|", "rVert": "‖", "rfloor": "⌋", "rceil": "⌉", "rangle": "⟩"}
SUMS = {"sum": "∑", "prod": "∏", "bigcup": "⋃", "bigoplus": "⨁"}
SPACES = {",": 3, ":": 4, ">": 4, ";": 5, " ": 4.5, "quad": 18, "qquad": 36, "!": -3}  # eighteenths of an em
ACCENTS = {"bar": "¯", "hat": "^", "tilde": "~", "vec": "→", "overline": "¯"}
STYLES = {"scriptstyle": 1, "displaystyle": 0, "textstyle": 0}
# Style -> first character of its capitals, small letters and digits; holes in Unicode's blocks are in HOLES.
ALPHABETS = {
    "mathbf": (0x1D400, 0x1D41A, 0x1D7CE),
    "boldsymbol": (0x1D468, 0x1D482, 0x1D7CE),
    "mathsf": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "mathcal": (0x1D49C, 0x1D4B6, 0),
    "mathbb": (0x1D538, 0x1D552, 0x1D7D8),
}
HOLES = {
    "mathcal": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "mathbb": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}
MATRICES = {"pmatrix": ("(", ")"), "bmatrix": ("[", "]"), "vmatrix": ("|", "|"), "matrix": ("", ""), "cases": ("{", "")}
