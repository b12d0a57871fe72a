"""Files that the application brings along: icons and sample instances, all made for this project.

`icons/NAME.svg` is one set of line icons, 24 x 24, drawn in `currentColor` with a stroke of 1.75; whoever shows one
puts the colour of the palette in place of that word. `icons/app.svg` is the coloured icon of the application.
`samples/*.dcm` are small instances of phantoms in several modalities and transfer syntaxes, written by
`packaging/generate_samples.py`. This package imports nothing of the project and `workbench` never imports it.
"""

from pathlib import Path

_HERE = Path(__file__).parent


def sample_paths() -> tuple[Path, ...]:
    """Gives the sample instances, in the order of their file names."""
    return tuple(sorted((_HERE / "samples").glob("*.dcm")))


def icon_names() -> tuple[str, ...]:
    """Gives the names that `icon_path` knows."""
    return tuple(sorted(path.stem for path in (_HERE / "icons").glob("*.svg")))


def icon_path(name: str) -> Path:
    """Gives the SVG file of an icon.

    Raises:
        KeyError: there is no icon of that name.
    """
    path = _HERE / "icons" / f"{name}.svg"
    if not path.is_file():
        raise KeyError(name)
    return path
