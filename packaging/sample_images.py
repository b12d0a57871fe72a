"""Pictures of phantoms for the sample instances: ellipses, gradients and noise from fixed seeds.

Every function gives an array of rows x columns, with frames in front and colours behind where there are any. The seed
makes the noise repeatable; floating point may still round a pixel up or down on another machine.
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
Pixels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int16]

# A head after Shepp and Logan, as CT sees it: Hounsfield units to add, half axes, centre, tilt in degrees.
_CT_HEAD = (
    (1900, 0.69, 0.92, 0.00, 0.000, 0),
    (-865, 0.6624, 0.874, 0.00, -0.0184, 0),
    (-26, 0.11, 0.31, 0.22, 0.000, -18),
    (-26, 0.16, 0.41, -0.22, 0.000, 18),
    (18, 0.21, 0.25, 0.00, 0.350, 0),
    (22, 0.046, 0.046, 0.00, 0.100, 0),
    (22, 0.046, 0.046, 0.00, -0.100, 0),
    (30, 0.046, 0.023, -0.08, -0.605, 0),
    (30, 0.023, 0.023, 0.00, -0.606, 0),
    (30, 0.023, 0.046, 0.06, -0.605, 0),
)

# The same head as MR sees it: fat bright, bone dark, fluid bright.
_MR_HEAD = (
    (820, 0.72, 0.95, 0.00, 0.000, 0),
    (-700, 0.69, 0.92, 0.00, 0.000, 0),
    (430, 0.655, 0.865, 0.00, -0.0184, 0),
    (130, 0.52, 0.72, 0.00, -0.0184, 0),
    (330, 0.09, 0.29, 0.18, 0.000, -18),
    (330, 0.12, 0.36, -0.18, 0.000, 18),
    (-120, 0.20, 0.22, 0.00, 0.400, 0),
    (160, 0.06, 0.06, 0.30, -0.420, 0),
)


def ct_head(size: int, level: float, seed: int) -> NDArray[np.int16]:
    """Gives one slice in Hounsfield units; `level` goes from -1 to 1 through the head."""
    plane = _ellipses(_CT_HEAD, size, np.sqrt(1 - 0.6 * level**2)) - 1000
    return np.clip(_blurred(plane + _noise(seed, plane.shape, 9)), -1024, 3071).astype(np.int16)


def mr_head(size: int, seed: int) -> NDArray[np.uint16]:
    """Gives one slice in arbitrary units of signal, brighter towards the coil."""
    x, y = _grid(size, size)
    plane = _ellipses(_MR_HEAD, size, 1.0) * (1.05 - 0.2 * y + 0.05 * x)
    return np.clip(_blurred(np.hypot(plane + _noise(seed, plane.shape, 14), 12)), 0, 4095).astype(np.uint16)


def pet_head(size: int, seed: int) -> NDArray[np.uint16]:
    """Gives a slice of activity: a cortical rim, two nuclei and one hot spot, in counts."""
    x, y = _grid(size, size)
    radius = np.hypot(x / 0.62, y / 0.8)
    plane = 2600 * np.exp(-(((radius - 0.82) / 0.13) ** 2)) + 900 * (radius < 0.9)
    for cx, cy, width, height in ((-0.2, 0.05, 0.11, 1900), (0.2, 0.05, 0.11, 1900), (0.3, -0.4, 0.06, 5200)):
        plane += height * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / width**2)
    counts = np.random.default_rng(seed).poisson(np.maximum(plane, 1) / 12) * 12.0
    return _blurred(_blurred(_blurred(counts))).clip(0, 32767).astype(np.uint16)


def chest(rows: int, columns: int, seed: int) -> NDArray[np.uint16]:
    """Gives a frontal chest in 12 bits: spine, ribs, heart and two lungs, bone bright."""
    x, y = _grid(rows, columns)
    body = np.hypot(x / 0.93, (y - 0.25) / 1.35) < 1
    thickness = np.sqrt(np.clip(1 - (x / 0.95) ** 2, 0, 1))
    plane = np.where(body, 900 + 1500 * thickness, 120.0)
    for side in (-1, 1):
        lung = np.clip(1.15 - np.hypot((x - side * 0.43) / 0.33, (y + 0.02) / 0.66) ** 4, 0, 1)
        plane -= 1250 * lung * thickness
        for rib in range(9):
            curve = y + 0.72 - 0.165 * rib - 0.42 * (side * x - 0.12) ** 2 + 0.16 * (side * x)
            inside = (side * x > 0.06) & (side * x < 0.82)
            plane += 270 * np.exp(-((curve / 0.028) ** 2)) * inside * body
        clavicle = y + 0.78 + 0.14 * (side * x)
        plane += 420 * np.exp(-((clavicle / 0.03) ** 2)) * (side * x > 0.08) * (side * x < 0.8)
    plane += 900 * np.clip(1.2 - np.hypot((x - 0.13) / 0.33, (y - 0.22) / 0.33) ** 3, 0, 1)
    plane += 620 * np.exp(-((x / 0.085) ** 4)) * (1 + 0.14 * np.sign(np.sin(y * 26)))
    plane += 1050 * np.clip((y - 0.56 + 0.35 * (np.abs(x) - 0.42) ** 2) * 5, 0, 1) * body * thickness
    return np.clip(_blurred(plane) + _noise(seed, plane.shape, 10), 0, 4095).astype(np.uint16)


def quality_phantom(size: int, seed: int) -> NDArray[np.uint16]:
    """Gives a plate for constancy tests in 12 bits: a step wedge, line pairs, contrast discs and a frame."""
    x, y = _grid(size, size)
    plane = np.full((size, size), 1800.0)
    wedge = (np.abs(x) < 0.8) & (y > 0.5) & (y < 0.8)
    plane[wedge] = (np.floor((x[wedge] + 0.8) / 1.6 * 10.999) * 370 + 180).clip(0, 4000)
    for group in range(6):
        left = -0.8 + group * 0.28
        inside = (x > left) & (x < left + 0.2) & (y > -0.8) & (y < -0.5)
        plane[inside] = np.where(np.arange(size) // (6 - group) % 2, 3500.0, 300.0)[None, :].repeat(size, 0)[inside]
    for row, radius in enumerate((0.11, 0.07, 0.04)):
        for column in range(5):
            disc = np.hypot(x + 0.66 - 0.33 * column, y + 0.25 - 0.25 * row) < radius
            plane[disc] += 60 * 2.0**column
    plane[(np.maximum(abs(x), abs(y)) > 0.9) & (np.maximum(abs(x), abs(y)) < 0.92)] = 3800
    return np.clip(_blurred(plane) + _noise(seed, plane.shape, 7), 0, 4095).astype(np.uint16)


def ultrasound(rows: int, columns: int, frames: int, seed: int) -> NDArray[np.uint8]:
    """Gives a sector of speckle with a vessel that beats, in RGB, with a grey bar and depth marks as scanners draw."""
    rng = np.random.default_rng(seed)
    depth, angle = np.mgrid[0:1:220j, -1:1:160j]
    scatter = rng.rayleigh(0.5, depth.shape)
    x, y = np.meshgrid(np.linspace(-0.82, 0.82, columns), np.linspace(-0.06, 1.04, rows))
    radius, bearing = np.hypot(x, y), np.arctan2(x, y) / 0.72
    inside = (radius > 0.08) & (radius < 1) & (np.abs(bearing) < 1)
    lines = np.clip((radius * 219).astype(int), 0, 219), np.clip((bearing + 1) / 2 * 159, 0, 159).astype(int)
    picture = np.zeros((frames, rows, columns, 3))
    for number in range(frames):
        wall = 0.13 + 0.025 * np.sin(2 * np.pi * number / frames)
        distance = np.hypot((angle - 0.1) * depth * 0.9, depth - 0.52)
        tissue = 0.55 + 0.25 * np.sin(depth * 21 + angle * 3) ** 2 * (depth > 0.2)
        tissue += 1.3 * np.exp(-(((distance - wall) / 0.012) ** 2)) - 0.5 * (distance < wall)
        tissue += 0.9 * np.exp(-(((depth - 0.83 - 0.04 * angle**2) / 0.012) ** 2))
        echo = _blurred(scatter * np.clip(tissue, 0.02, None)) * np.exp(-0.5 * depth)
        flow = _blurred(rng.rayleigh(0.12, depth.shape)) * (distance < wall)
        grey = 255 * np.clip(0.75 * (echo + 0.25 * flow), 0, 1) ** 0.75
        picture[number] = np.where(inside, grey[lines], 0)[..., None]
    picture[:, 20 : rows - 20, 6:12] = np.linspace(255, 0, rows - 40)[None, :, None, None]
    picture[:, 12 :: rows // 9, columns - 10 : columns - 4] = (120, 170, 220)
    return picture.astype(np.uint8)


def test_pattern(rows: int, columns: int) -> NDArray[np.uint8]:
    """Gives a display pattern in RGB: colour bars, a grey ramp, grey steps, a checkerboard and line pairs."""
    picture = np.zeros((rows, columns, 3), np.uint8)
    across = np.arange(columns)
    colours = np.array([(r, g, b) for g in (1, 0) for r in (1, 0) for b in (1, 0)], np.uint8) * 191
    picture[: rows // 2] = colours[across * 8 // columns]
    picture[rows // 2 : rows * 5 // 8] = (across * 255 // (columns - 1)).astype(np.uint8)[None, :, None]
    picture[rows * 5 // 8 : rows * 3 // 4] = (across * 11 // columns * 25).astype(np.uint8)[None, :, None]
    down, over = np.mgrid[0 : rows - rows * 3 // 4, 0:columns]
    board = np.where(over < columns // 2, (down // 8 + over // 8) % 2, over // (1 + over * 4 // columns) % 2)
    picture[rows * 3 // 4 :] = (board * 255).astype(np.uint8)[..., None]
    return picture


def _grid(rows: int, columns: int) -> tuple[Plane, Plane]:
    x, y = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows))
    return x, y


def _ellipses(table: tuple[tuple[float, ...], ...], size: int, scale: float) -> Plane:
    x, y = _grid(size, size)
    x, y = x / scale, -y / scale  # up is positive in the table
    plane = np.zeros((size, size))
    for value, half_width, half_height, cx, cy, tilt in table:
        turn = np.radians(tilt)
        along = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        across = (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
        plane[(along / half_width) ** 2 + (across / half_height) ** 2 <= 1] += value
    return plane


def _noise(seed: int, shape: tuple[int, ...], deviation: float) -> Plane:
    return np.random.default_rng(seed).normal(0, deviation, shape)


def _blurred(plane: Plane) -> Plane:
    """Gives the plane smoothed by 1-2-1 in both directions, as a detector does."""
    padded = np.pad(plane, 1, mode="edge")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    smoothed: Plane = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16
    return smoothed
