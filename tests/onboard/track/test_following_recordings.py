"""`qyran track` on recordings that are made here, with the camera told in every way there is."""

import json
import math
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from missions.errors import BadInput
from onboard.messages import ObjectClass
from onboard.track.files import read_tracks
from onboard.track.replay.camera_file import read_homographies
from onboard.track.replay.detections_file import class_of, read_detections
from qyran import main

WIDTH, HEIGHT, FOCAL = 1280, 720, 900.0
WALKERS, FRAMES, RATE_HZ = 12, 60, 10.0
GAP = range(28, 46)
HALF_PX = 14.0


def ground_places() -> np.ndarray:
    """East and north of walkers who never meet, (frames, walkers, 2)."""
    rng = np.random.default_rng(3)
    grid = np.stack(np.meshgrid(np.arange(4) * 6.0 - 9.0, np.arange(3) * 6.0 - 6.0), -1)
    walk = rng.uniform(-0.45, 0.45, (WALKERS, 2))
    times = np.arange(FRAMES)[:, None, None] / RATE_HZ
    return grid.reshape(1, -1, 2) + times * walk


def attitude(frame: int) -> tuple[float, float, float]:
    """Yaw, pitch, roll of the camera, degrees."""
    return (20.0 + 12.0 * math.sin(0.1 * frame), -80.0 + 4.0 * math.sin(0.07 * frame), 1.0)


def picture_from_ground(frame: int) -> np.ndarray:
    """Oracle: the camera's mathematics by scipy's rotations."""
    place = np.array([3.0 * math.sin(0.05 * frame), 0.05 * frame - 2.0, 40.0])
    body = Rotation.from_euler("ZYX", attitude(frame), degrees=True).as_matrix()
    body_from_camera = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    ned_from_enu = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
    R = (body @ body_from_camera).T @ ned_from_enu
    K = np.array([[FOCAL, 0, (WIDTH - 1) / 2], [0, FOCAL, (HEIGHT - 1) / 2], [0, 0, 1.0]])
    return np.asarray(K @ R @ np.column_stack(([1.0, 0, 0], [0, 1.0, 0], -place)))


def true_pixels(frame: int) -> np.ndarray:
    return cv2.perspectiveTransform(
        ground_places()[frame].reshape(-1, 1, 2), picture_from_ground(frame)
    ).reshape(-1, 2)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A folder with detections that stop for nearly two seconds, and all that tells the camera."""
    rng = np.random.default_rng(8)
    lines, coco = [], []
    for frame in range(FRAMES):
        if frame in GAP:
            continue
        for x, y in true_pixels(frame) + rng.normal(0.0, 0.7, (WALKERS, 2)):
            box = [x - HALF_PX, y - HALF_PX, 2 * HALF_PX, 2 * HALF_PX]
            lines.append(",".join(map(str, [frame, -1, *box, 0.8, "pedestrian"])))
            coco.append({"image_id": frame, "category_id": 1, "bbox": box, "score": 0.8})
    (tmp_path / "det.txt").write_text("\n".join(lines))
    (tmp_path / "det.json").write_text(json.dumps(coco))
    head = "frame,t_s,east_m,north_m,height_above_ground_m,yaw_deg,pitch_deg,roll_deg"
    poses = [
        f"{frame},{frame / RATE_HZ},{3.0 * math.sin(0.05 * frame)},{0.05 * frame - 2.0},40,"
        + ",".join(map(str, attitude(frame)))
        for frame in range(FRAMES)
    ]
    (tmp_path / "poses.csv").write_text("\n".join([head, *poses]))
    maps = [picture_from_ground(0) @ np.linalg.inv(picture_from_ground(n)) for n in range(FRAMES)]
    steps = [np.eye(3), *(np.linalg.inv(b) @ a for a, b in pairwise(maps))]
    for name, told in (("maps.txt", maps), ("steps.txt", steps)):
        rows = [f"{n} " + " ".join(map(str, each.ravel())) for n, each in enumerate(told)]
        (tmp_path / name).write_text("\n".join(rows))
    return tmp_path


WAYS = {
    "poses": ["--poses", "poses.csv", "--camera", f"{WIDTH}x{HEIGHT}:{FOCAL:g}"],
    "homographies": ["--homographies", "maps.txt", "--camera", f"{WIDTH}x{HEIGHT}"],
    "steps": ["--homographies", "steps.txt", "--homographies-map", "from-previous"],
}


def followed(folder: Path, way: list[str], detections: str = "det.txt") -> np.ndarray:
    here = [str(folder / each) if (folder / each).is_file() else each for each in way]
    arguments = ["--detections", str(folder / detections), "--fps", str(RATE_HZ), *here]
    out, mot = str(folder / "out.jsonl"), str(folder / "mot.txt")
    assert main(["track", *arguments, "--out", out, "--mot", mot]) == 0
    return np.loadtxt(folder / "mot.txt", delimiter=",")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_everybody_keeps_one_name_through_a_gap_of_two_seconds(
    recording: Path, way: list[str]
) -> None:
    results = followed(recording, way)
    assert len(np.unique(results[:, 1])) == WALKERS
    before, after = (results[results[:, 0] == frame] for frame in (GAP[0] - 1, GAP[-1] + 1))
    truth = true_pixels(GAP[0] - 1), true_pixels(GAP[-1] + 1)
    names = [
        rows[np.linalg.norm(rows[:, 2:4] + HALF_PX - each[:, None], axis=2).argmin(axis=1), 1]
        for rows, each in zip((before, after), truth, strict=True)
    ]
    np.testing.assert_array_equal(*names)


def test_boxes_in_the_gap_lie_where_the_walkers_were(recording: Path) -> None:
    results = followed(recording, WAYS["poses"])
    middle = GAP[len(GAP) // 2]
    filled = results[results[:, 0] == middle]
    truth = true_pixels(middle)
    shown = truth[((truth >= 0.0) & (truth <= [WIDTH - 1, HEIGHT - 1])).all(axis=1)]
    apart = np.linalg.norm(filled[:, None, 2:4] + HALF_PX - shown[None], axis=2)
    assert len(filled) == len(shown) == WALKERS - 1
    assert apart.min(axis=0).max() < HALF_PX


def test_a_walker_is_told_from_the_first_sighting_on(recording: Path) -> None:
    results = followed(recording, WAYS["poses"])
    first = results[results[:, 0] == 0]
    apart = np.linalg.norm(first[:, None, 2:4] + HALF_PX - true_pixels(0)[None], axis=2)
    assert len(first) == WALKERS
    assert apart.min(axis=0).max() < HALF_PX


def test_what_comes_at_random_at_a_high_rate_is_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    places = rng.uniform([40.0, 40.0], [WIDTH - 40.0, HEIGHT - 40.0], (900, 2))
    lines = [
        f"{frame},-1,{x - HALF_PX},{y - HALF_PX},{2 * HALF_PX},{2 * HALF_PX},0.6,pedestrian"
        for frame, (x, y) in enumerate(places)
    ]
    (tmp_path / "det.txt").write_text("\n".join(lines))
    still = ["0 1 0 0 0 1 0 0 0 1", f"{len(places)} 1 0 0 0 1 0 0 0 1"]
    (tmp_path / "maps.txt").write_text("\n".join(still))
    det, maps, mot = (str(tmp_path / name) for name in ("det.txt", "maps.txt", "mot.txt"))
    way = ["--homographies", maps, "--camera", f"{WIDTH}x{HEIGHT}", "--fps", "30"]
    assert main(["track", "--detections", det, *way, "--mot", mot]) == 0
    names = {line.split(",")[1] for line in Path(mot).read_text().splitlines()}
    assert len(names) <= 2


def test_tracks_by_poses_are_in_metres_where_the_walkers_were(recording: Path) -> None:
    followed(recording, WAYS["poses"], "det.json")
    read = read_tracks(recording / "out.jsonl")
    assert (read.header.unit, read.header.origin) == ("m", None)
    last = read.frames[-1]
    places = np.array([track.en_m for track in last.tracks])
    apart = np.linalg.norm(places[:, None] - ground_places()[FRAMES - 1][None], axis=2)
    # A person's middle is taken to be 0.85 m up: seen at a slant, that moves a place by a little.
    assert apart.min(axis=0).max() < 0.6
    assert last.t_s == pytest.approx((FRAMES - 1) / RATE_HZ)


def test_tracks_without_a_scale_are_in_pixels_of_the_first_frame(recording: Path) -> None:
    followed(recording, WAYS["homographies"])
    read = read_tracks(recording / "out.jsonl")
    places = np.array([track.en_m for track in read.frames[1].tracks])
    apart = np.linalg.norm(places[:, None] - true_pixels(0)[None], axis=2)
    assert read.header.unit == "px"
    assert apart.min(axis=0).max() < 5.0


def test_steps_from_frame_to_frame_come_to_the_same_maps(recording: Path) -> None:
    one = read_homographies(recording / "maps.txt", from_previous=False)
    other = read_homographies(recording / "steps.txt", from_previous=True)
    np.testing.assert_allclose(other[FRAMES - 1], one[FRAMES - 1], rtol=1e-6, atol=1e-6)


BAD = {
    "det.txt": ("0,-1,5,5,nan,3,0.5\n", r"det\.txt:1"),
    "few.txt": ("0,-1,5\n", r"few\.txt:1"),
    "det.json": ('[{"image_id": 1}]', r"det\.json \[0\]"),
    "half.json": ('[{"image_id"', r"half\.json:1"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_detection_is_named(name: str, tmp_path: Path) -> None:
    text, where = BAD[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=where):
        read_detections(tmp_path / name)


def test_frames_without_anything_leave_one_line_and_status_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "det.txt").write_text("# nothing\n")
    assert main(["track", "--detections", str(tmp_path / "det.txt")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("told", "ids", "meant"),
    [
        ("Pedestrian", "coco", ObjectClass.PERSON),
        ("3", "coco", ObjectClass.CAR),
        ("2", "coco80", ObjectClass.CAR),
        ("9", "visdrone", ObjectClass.BUS),
        ("-1", "mot", ObjectClass.OTHER),
        ("teapot", "coco", ObjectClass.OTHER),
    ],
)
def test_classes_are_read_by_name_or_by_number(told: str, ids: str, meant: ObjectClass) -> None:
    assert class_of(told, ids) is meant


def test_homographies_and_pictures_together_are_refused(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    maps, det = str(recording / "maps.txt"), str(recording / "det.txt")
    both = ["--homographies", maps, "--frames", str(recording)]
    assert main(["track", "--detections", det, *both]) == 2
    assert "--frames: --homographies tell the motion already" in capsys.readouterr().err


def test_pictures_keep_places_still_between_poses_that_jump(recording: Path) -> None:
    rng = np.random.default_rng(11)
    head, *rows = (recording / "poses.csv").read_text().splitlines()
    jumping = []
    for row in rows:
        frame, t_s, east, north, *rest = row.split(",")
        jump = rng.normal(0.0, 0.3, 2)
        place = [str(float(east) + jump[0]), str(float(north) + jump[1])]
        jumping.append(",".join([frame, t_s, *place, *rest]))
    (recording / "poses.csv").write_text("\n".join([head, *jumping]))
    rough = rng.integers(0, 255, (90, 120), dtype=np.uint8)
    ground = cv2.resize(rough, (1200, 900), interpolation=cv2.INTER_CUBIC)
    from_ground = np.array([[0.1, 0.0, -60.0], [0.0, -0.1, 45.0], [0.0, 0.0, 1.0]])
    (recording / "frames").mkdir()
    for frame in range(FRAMES):
        picture = cv2.warpPerspective(
            ground, picture_from_ground(frame) @ from_ground, (WIDTH, HEIGHT)
        )
        cv2.imwrite(str(recording / "frames" / f"{frame:04d}.jpg"), picture)
    jumps_m = []
    for more in ([], ["--frames", "frames"]):
        way = [str(recording / each) if each == "frames" else each for each in more]
        followed(recording, [*WAYS["poses"], *way])
        read = read_tracks(recording / "out.jsonl")
        places = [
            {track.track_id: track.en_m for track in frame.tracks}
            for frame in read.frames[5 : GAP[0]]
        ]
        steps = [[now[name] - was[name] for name in was] for was, now in pairwise(places)]
        assert {len(each) for each in steps} == {WALKERS}
        jumps_m.append(np.std(steps, axis=0).mean())
    assert jumps_m[1] < 0.3 * jumps_m[0]
