"""Colours: high contrast on black by default, dark and light beside it. State has a word or a shape as well."""

from textual.theme import Theme

CONTRAST = Theme(
    name="buffr-contrast",
    primary="#4cc9f0",
    secondary="#9be7ff",
    accent="#4cc9f0",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#5dff8f",
    warning="#ffd23f",
    error="#ff8080",
    dark=True,
    text_alpha=1.0,
    variables={
        "quiet": "#c4c4c4",
        "line": "#8a8a8a",
        "on-accent": "#000000",
        "alarm": "#ffd23f",
        "on-alarm": "#000000",
        "cursor-away": "#3a3a3a",
        "input-cursor-background": "#ffffff",
        "input-cursor-foreground": "#000000",
    },
)

DARK = Theme(
    name="buffr-dark",
    primary="#5ab0d8",
    secondary="#8fcde8",
    accent="#5ab0d8",
    foreground="#e4e6e8",
    background="#14171a",
    surface="#14171a",
    panel="#20252a",
    success="#7bd88f",
    warning="#f2c14e",
    error="#ff8a80",
    dark=True,
    text_alpha=1.0,
    variables={
        "quiet": "#a8b0b8",
        "line": "#5c666f",
        "on-accent": "#0b1013",
        "alarm": "#ff8a80",
        "on-alarm": "#1a0503",
        "cursor-away": "#2f373e",
        "input-cursor-background": "#e4e6e8",
        "input-cursor-foreground": "#14171a",
    },
)

LIGHT = Theme(
    name="buffr-light",
    primary="#00577a",
    secondary="#003d56",
    accent="#00577a",
    foreground="#111417",
    background="#ffffff",
    surface="#ffffff",
    panel="#e9edf0",
    success="#14682b",
    warning="#7a4a00",
    error="#a8121f",
    dark=False,
    text_alpha=1.0,
    variables={
        "quiet": "#4a5259",
        "line": "#7d868e",
        "on-accent": "#ffffff",
        "alarm": "#a8121f",
        "on-alarm": "#ffffff",
        "cursor-away": "#d3dade",
        "input-cursor-background": "#111417",
        "input-cursor-foreground": "#ffffff",
    },
)

THEMES = (CONTRAST, DARK, LIGHT)
