#!/usr/bin/env python3
"""Draws the pictures of the sample catalogue: run it after changing a drawing, and commit what it writes into images/.

A drawing is a background colour and its shapes, back to front, on a field of 240 by 240. The ground is at 200.
"""
import math
import pathlib

INK = "#2b2d33"
WOOD, DARK_WOOD, PALE_WOOD = "#c98f55", "#9a6335", "#e5bd86"
STEEL, DARK_STEEL, PALE_STEEL = "#a9b4bd", "#74808a", "#dbe2e7"
GREEN, LEAF, RED, BLUE, YELLOW, CREAM = "#2f7d5b", "#63a95f", "#cf4b3f", "#3b74b5", "#f1b940", "#fdf6e6"


def rect(x, y, width, height, fill, radius=0):
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{f" rx={chr(34)}{radius}{chr(34)}" if radius else ""} fill="{fill}"/>'


def circle(x, y, radius, fill):
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}"/>'


def oval(x, y, rx, ry, fill):
    return f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"/>'


def area(path, fill):
    return f'<path d="{path}" fill="{fill}"/>'


def line(path, stroke, width):
    return f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"/>'


def ring(x, y, radius, stroke, width):
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="none" stroke="{stroke}" stroke-width="{width}"/>'


def turned(angle, *shapes):
    return f'<g transform="rotate({angle} 120 120)">{"".join(shapes)}</g>'


def around(count, shape):
    """The shape repeated about the middle of the field. Once in a picture at most: the copies name it by one id."""
    copies = (f'<use href="#a" transform="rotate({360 * index // count} 120 120)"/>' for index in range(1, count))
    return f'<g id="a">{shape}</g>{"".join(copies)}'


def shadow(width):
    return f'<ellipse cx="120" cy="202" rx="{width}" ry="8" opacity=".13"/>'


def book(cover, spine, *motif):
    """A standing book, with its pages seen from the side."""
    return (shadow(66) + rect(66, 46, 114, 156, spine, 5) + rect(72, 52, 106, 144, CREAM, 3)
            + rect(60, 40, 112, 156, cover, 5) + rect(60, 40, 14, 156, spine, 4) + "".join(motif))


def star(x, y, size, fill):
    points = []
    for corner in range(10):
        reach = size if corner % 2 == 0 else size * 0.45
        angle = math.pi * corner / 5 - math.pi / 2
        points.append(f"{x + reach * math.cos(angle):.0f} {y + reach * math.sin(angle):.0f}")
    return area("M" + "L".join(points) + "z", fill)


KITCHEN = {
    "cast-iron-skillet": ("#f3d9c4", turned(-35, rect(158, 110, 74, 20, INK, 10), circle(222, 120, 4, "#f3d9c4"), circle(98, 120, 72, INK),
                                            circle(98, 120, 60, "#41454e"), oval(96, 122, 40, 34, "#fffdf7"), circle(100, 120, 16, YELLOW), circle(95, 115, 4, "#fbe3a1"))),
    "chefs-knife": ("#d9e6e2", turned(-40, area("M16 134Q60 152 146 140V104H40Q22 116 16 134z", PALE_STEEL), area("M16 134Q60 152 146 140V132Q60 140 16 134z", STEEL),
                                      rect(144, 101, 10, 30, DARK_STEEL, 2), rect(152, 101, 74, 24, "#5b3a26", 9), circle(170, 113, 3.5, STEEL), circle(190, 113, 3.5, STEEL), circle(210, 113, 3.5, STEEL))),
    "enamel-teapot": ("#fbe3cf", shadow(66) + line("M180 112q34 4 26 38t-38 26", BLUE, 11) + area("M74 140L34 104l-12 4 40 70z", BLUE) + oval(122, 148, 66, 54, BLUE)
                      + oval(122, 103, 36, 9, "#2c5a8f") + area("M88 102q34-34 68 0z", BLUE) + circle(122, 80, 8, INK) + oval(100, 132, 12, 22, "#5f96d3")),
    "stoneware-mug": ("#e6e9d8", shadow(56) + line("M162 104h18q20 0 20 28t-34 34", "#7d9b84", 13) + area("M64 76h104v104q0 22-22 22H86q-22 0-22-22z", "#7d9b84")
                      + oval(116, 76, 52, 13, "#a9c0ac") + oval(116, 78, 43, 9, "#5a3b28") + rect(64, 158, 104, 8, "#d9ddc6") + rect(78, 96, 9, 54, "#97b29c", 4)),
    "chopping-board": ("#dfe9d6", turned(20, rect(62, 64, 116, 148, WOOD, 18), rect(104, 18, 32, 60, WOOD, 15), circle(120, 36, 8, "#dfe9d6"), line("M84 92q14 50 0 98M104 84q18 60 2 116M132 88q-8 60 6 110M158 90q-12 50 0 100", "#b27a43", 3))),
    "mixing-bowls": ("#f6e7ee", shadow(70) + area("M76 62h88q0 56-44 56T76 62z", YELLOW) + area("M62 96h116q0 62-58 62T62 96z", "#e58a6a") + area("M46 132h148q0 70-74 70t-74-70z", "#5f9ea0")
                     + rect(72, 58, 96, 9, "#f7cd6e", 4) + rect(58, 92, 124, 9, "#f0a88c", 4) + rect(42, 128, 156, 10, "#83bcbd", 5)),
    "pepper-mill": ("#efe6da", shadow(38) + area("M96 202q2-60 10-82h28q8 22 10 82z", "#6d4429") + oval(120, 110, 24, 14, "#7d5235") + area("M98 100q-2-42 22-42t22 42z", "#6d4429")
                    + circle(120, 50, 10, STEEL) + rect(94, 98, 52, 7, STEEL, 3) + rect(94, 194, 52, 8, STEEL, 3) + line("M110 132q-5 30-5 56", "#94694a", 5)
                    + circle(168, 196, 5, INK) + circle(182, 199, 4, INK) + circle(74, 198, 4, INK)),
    "moka-pot": ("#e9d8d2", shadow(54) + line("M160 92h30v60", INK, 11) + area("M82 202l10-56h56l10 56z", STEEL) + area("M92 146L78 80h84l-14 66z", PALE_STEEL) + area("M78 80L60 76l20 28z", PALE_STEEL)
                 + rect(86, 140, 68, 11, DARK_STEEL, 3) + area("M78 80q42-30 84 0z", STEEL) + circle(120, 58, 8, INK) + area("M112 146L106 80h28l-6 66z", "#f1f5f7") + area("M112 151l-4 51h24l-4-51z", "#bdc7cf")),
    "rolling-pin": ("#dfe3f0", turned(-40, rect(14, 111, 212, 18, DARK_WOOD, 9), rect(48, 96, 144, 48, PALE_WOOD, 12), rect(54, 103, 132, 8, "#f2d6aa", 4), rect(48, 130, 144, 14, "#d3a66c", 7))),
    "kitchen-scales": ("#dcebe9", shadow(62) + area("M60 202l12-88h96l12 88z", RED) + rect(108, 92, 24, 26, DARK_STEEL) + area("M48 72h144q-6 26-40 26H88q-34 0-40-26z", PALE_STEEL) + rect(44, 68, 152, 8, STEEL, 4)
                       + circle(120, 156, 33, CREAM) + line("M120 129v5M120 178v5M93 156h5M142 156h5", INK, 3) + line("M120 156l14-16", RED, 4) + circle(120, 156, 4, INK)),
    "brulee-dishes": ("#e3e1f1", "".join(oval(x, y + 12, 47, 26, "#b9c4d6") + oval(x, y, 47, 26, "#fffdf8") + oval(x, y, 39, 20, "#e7a23c") + line(f"M{x - 20} {y + 2}q10-12 22-8", "#b86f1e", 4) + oval(x + 14, y + 6, 9, 4, "#c27a23")
                                         for x, y in ((70, 72), (170, 72), (70, 156), (170, 156)))),
    "tea-towel": ("#f2e2d0", rect(40, 46, 160, 8, DARK_WOOD, 4) + rect(70, 46, 100, 150, "#f7f4ec", 3) + rect(122, 46, 48, 130, "#ebe6d9", 3)
                  + "".join(rect(70, y, 100, 5, BLUE) for y in (150, 160, 170)) + line("M76 196v7M88 196v7M100 196v7M112 196v7M124 196v7M136 196v7M148 196v7M160 196v7", "#d8d1c0", 3)),
}

GARDEN = {
    "watering-can": ("#e0efd9", shadow(68) + line("M86 92q28-64 76 4", "#3f8f77", 9) + line("M160 116q44 14 8 66", "#3f8f77", 9) + area("M84 190L30 108l14-8 52 52z", "#34785f") + area("M22 112l28-22 8 12-26 20z", STEEL)
                     + area("M78 96h90l6 106H72z", "#4aa587") + oval(123, 96, 45, 10, "#34785f") + rect(74, 160, 98, 8, "#3f8f77")),
    "hand-trowel": ("#efe2d6", turned(40, rect(108, 14, 24, 86, WOOD, 12), rect(108, 78, 24, 10, RED), rect(114, 94, 12, 34, DARK_STEEL), area("M88 126q32-16 64 0v42q-6 36-32 58-26-22-32-58z", STEEL), area("M120 120q-18 0-32 6v42q6 36 32 58z", PALE_STEEL))),
    "pruning-shears": ("#e7e3f0", line("M112 118Q70 160 78 214", RED, 17) + line("M128 118q42 42 34 96", "#b23c31", 17) + area("M132 128Q88 92 96 24q40 44 44 92z", "#c3cdd5") + area("M106 130q42-14 50-74 4 54-32 84z", DARK_STEEL) + circle(120, 122, 12, INK) + circle(120, 122, 4, STEEL)),
    "terracotta-pot": ("#e3eedd", shadow(50) + line("M120 96q-4-30-34-42M120 100q2-40 4-60M120 98q8-24 36-32", GREEN, 5) + oval(80, 52, 20, 10, LEAF) + oval(124, 36, 11, 20, LEAF) + oval(162, 62, 20, 10, LEAF)
                       + area("M76 118h88l-14 84H90z", "#c8683f") + area("M140 118h24l-14 84h-18z", "#b15730") + rect(66, 94, 108, 28, "#d97c50", 4)),
    "garden-hose": ("#e9eed6", "".join(ring(120, 124, r, c, 12) for r, c in ((66, "#3d8a4d"), (52, "#4fa160"), (38, "#3d8a4d"))) + line("M120 190q60 6 78-34l8-30", "#3d8a4d", 12) + turned(12, rect(193, 84, 20, 34, YELLOW, 4), rect(197, 68, 12, 20, "#d39a26", 3))),
    "bird-house": ("#d9e8f3", rect(113, 170, 14, 44, DARK_WOOD) + area("M72 98h96v82H72z", "#d9a066") + area("M120 98h48v82h-48z", "#cb9158") + area("M120 40L52 104l12 10 56-52 56 52 12-10z", "#7c4a2d") + area("M120 62l-48 44h96z", "#d9a066") + circle(120, 128, 18, "#4a2c1b") + rect(116, 152, 8, 18, DARK_WOOD, 4)
                   + oval(164, 40, 15, 10, BLUE) + circle(176, 32, 8, BLUE) + area("M183 30l8 3-8 3zM152 38l-18 8 16 4z", YELLOW)),
    "sunflower-seeds": ("#dcebf5", shadow(48) + rect(66, 34, 108, 168, "#fbf3dd", 4) + rect(66, 34, 108, 22, GREEN, 4) + f'<g transform="translate(0 -4)">{around(12, oval(120, 84, 9, 18, YELLOW))}</g>' + circle(120, 116, 21, "#5f3a1e") + circle(120, 116, 12, "#7b4f2b") + rect(86, 176, 68, 8, "#d6cbaa", 4)),
    "wheelbarrow": ("#f3ead4", shadow(84) + line("M226 92L62 168M170 120l8 78M176 198h-20", DARK_STEEL, 8) + area("M38 84h150l-34 66H82z", GREEN) + area("M38 84h150l-6 12H46z", "#3f9a70") + area("M58 84q20-36 46-24 24-22 54 24z", "#7a5234")
                    + circle(62, 174, 26, INK) + circle(62, 174, 14, STEEL) + circle(62, 174, 5, INK) + rect(204, 86, 28, 10, INK, 5)),
    "solar-lantern": ("#2f3a5c", circle(120, 132, 82, "#3c4a74") + circle(120, 132, 56, "#55639a") + line("M96 70q24-44 48 0", STEEL, 6) + area("M78 84q42-28 84 0z", INK) + rect(84, 84, 72, 94, "#ffe7a3", 4) + circle(120, 132, 20, "#fff6d8") + circle(120, 132, 12, YELLOW)
                      + line("M84 84v94M108 84v94M132 84v94M156 84v94", INK, 5) + rect(74, 176, 92, 16, INK, 5)),
}

BOOKS = {
    "the-sourdough-year": ("#f4e4d3", book("#b8693a", "#8f4d27", oval(124, 122, 36, 28, "#f0c88e"), oval(124, 118, 34, 23, "#dba25d"), line("M104 112l12 14M118 106l12 14M132 104l12 14", "#fbe8c9", 5), rect(92, 60, 64, 7, CREAM, 3), rect(100, 174, 48, 6, CREAM, 3))),
    "trees-of-the-north": ("#dfe9e4", book("#1f5c4a", "#154235", area("M124 70l30 46h-16l22 36H88l22-36H94z", "#7fbf8e"), rect(119, 150, 10, 20, "#d9b98a"), area("M124 70l30 46h-16l22 36h-36z", "#5da373"), rect(94, 52, 60, 6, CREAM, 3), rect(102, 180, 44, 5, CREAM, 3))),
    "atlas-of-the-sky": ("#dcdff2", book("#26305f", "#181f45", line("M96 92l24 22 30-8 6 36-40 12-20-40", "#8f9bd6", 2), star(96, 92, 9, YELLOW), star(120, 114, 7, CREAM), star(150, 106, 10, YELLOW), star(156, 142, 7, CREAM), star(116, 154, 9, YELLOW), rect(94, 58, 60, 6, CREAM, 3), rect(104, 176, 40, 5, CREAM, 3))),
    "letters-from-a-lighthouse": ("#d7e9ef", book("#3d8ca6", "#2a6a80", area("M80 196v-26q20-14 44 0t48-2v28z", "#cfe7ec"), area("M112 164l5-60h14l5 60z", CREAM), area("M114 142l1-14h18l1 14z", RED), rect(115, 90, 18, 14, YELLOW), area("M112 90l12-14 12 14z", RED), area("M133 92l38-14v34l-38-12z", "#f7e3a1"), rect(92, 54, 64, 6, CREAM, 3))),
    "the-patient-gardener": ("#f3e3e6", book("#e7b7a6", "#c98b76", line("M124 168v-50", GREEN, 5), oval(108, 146, 17, 8, LEAF), oval(140, 134, 17, 8, LEAF), "".join(circle(x, y, 13, RED) for x, y in ((110, 104), (138, 104), (124, 92), (115, 118), (133, 118))), circle(124, 107, 10, YELLOW), rect(90, 56, 68, 7, "#7d3f2e", 3), rect(102, 178, 44, 5, "#7d3f2e", 3))),
    "forty-walks-by-the-sea": ("#e8eddc", book("#f0c75e", "#d3a437", circle(124, 100, 22, "#e8743b"), area("M74 128q12-12 25 0t25 0 25 0 23 0v64q0 4-4 4H74z", "#3b88a8"), area("M74 150q12-12 25 0t25 0 25 0 23 0v42q0 4-4 4H74z", "#2c6d8a"), rect(92, 56, 64, 7, "#5a4312", 3))),
    "riddles-for-long-journeys": ("#ece3f3", book("#6d4c96", "#503371", line("M104 100q0-22 20-22t20 20q0 14-12 20-8 5-8 18", YELLOW, 12), circle(124, 158, 8, YELLOW), rect(92, 54, 64, 6, CREAM, 3), rect(100, 180, 48, 5, CREAM, 3))),
    "the-fox-who-counted": ("#d9ece6", book("#2f7f79", "#205b57", area("M90 98l8-26 18 16h16l18-16 8 26-14 32-20 14-20-14z", "#e57f3a"), area("M90 98l34 46-20-14zM158 98l-34 46 20-14z", CREAM), circle(112, 108, 4, INK), circle(136, 108, 4, INK), circle(124, 140, 5, INK), circle(100, 170, 6, YELLOW), circle(124, 170, 6, YELLOW), circle(148, 170, 6, YELLOW))),
}

TOYS = {
    "wooden-train": ("#fae5cc", shadow(100) + line("M64 172h112", INK, 5) + rect(88, 138, 52, 40, YELLOW, 4) + rect(158, 138, 52, 40, "#5aa17f", 4) + rect(24, 116, 34, 62, RED, 4) + rect(30, 126, 20, 18, "#f8ddc0", 3) + rect(52, 134, 26, 44, BLUE, 6) + rect(60, 112, 12, 24, INK, 2) + rect(20, 108, 42, 10, "#a63a30", 4)
                     + circle(98, 132, 10, "#a9764a") + circle(116, 130, 12, "#bd8858") + circle(132, 133, 9, "#a9764a") + "".join(circle(x, 184, 14, DARK_WOOD) + circle(x, 184, 6, PALE_WOOD) for x in (36, 66, 102, 128, 172, 198)) + circle(70, 92, 9, "#fff8ee") + circle(86, 74, 13, "#fff8ee")),
    "building-blocks": ("#e4ecf4", shadow(74) + rect(50, 142, 60, 60, RED, 5) + rect(62, 154, 36, 36, "#e58378", 4) + rect(116, 142, 60, 60, BLUE, 5) + circle(146, 172, 19, "#86afdd") + rect(82, 80, 60, 60, YELLOW, 5) + area("M112 92l20 36H92z", "#fbe3a6") + turned(24, rect(166, 70, 46, 46, GREEN, 5), rect(176, 80, 26, 26, "#79b598", 13))),
    "diamond-kite": ("#cfe6f6", oval(56, 190, 44, 13, "#fff") + oval(84, 182, 30, 13, "#fff") + line("M148 148q30 24 4 42t14 36", DARK_WOOD, 3) + area("M94 24L190 62 150 152 66 104z", RED) + area("M94 24L66 104l62-28z", YELLOW) + area("M190 62l-62 14 22 76z", "#3f9e8f") + area("M66 104l62-28 22 76z", BLUE) + line("M94 24l56 128M66 104L190 62", CREAM, 3)
                     + area("M164 176l-14 4 12 10zM164 176l14-6-2 14zM146 206l-14-4 4 14zM146 206l12 2-6 10z", YELLOW)),
    "spinning-top": ("#f3e0ee", shadow(34) + turned(14, rect(113, 30, 14, 60, DARK_WOOD, 6), area("M50 108q70-44 140 0-10 36-60 78l-10 18-10-18q-50-42-60-78z", RED), area("M58 126q62 24 124 0-6 12-14 22-48 16-96 0-8-10-14-22z", YELLOW), oval(120, 102, 56, 16, "#dc6a5f"), area("M84 160q36 12 72 0l-16 16q-20 5-40 0z", BLUE)) + line("M28 150q-6-24 4-44M212 100q8 22 0 46", "#c9a3c0", 5)),
    "teddy-bear": ("#f8e7d2", shadow(60) + circle(82, 56, 20, "#a8713f") + circle(158, 56, 20, "#a8713f") + circle(82, 56, 10, PALE_WOOD) + circle(158, 56, 10, PALE_WOOD) + oval(70, 142, 20, 30, "#9a6537") + oval(170, 142, 20, 30, "#9a6537") + oval(120, 156, 52, 48, "#a8713f") + oval(120, 162, 30, 30, PALE_WOOD) + oval(78, 192, 24, 18, "#9a6537") + oval(162, 192, 24, 18, "#9a6537")
                   + circle(120, 84, 46, "#b47b47") + oval(120, 100, 22, 17, PALE_WOOD) + oval(120, 92, 8, 6, INK) + line("M120 98v8q-6 6-11 2M120 106q6 6 11 2", INK, 3) + circle(103, 78, 5, INK) + circle(137, 78, 5, INK) + area("M120 130l-24-10v22zM120 130l24-10v22z", RED)),
    "jigsaw-puzzle": ("#e3efe0", rect(36, 36, 78, 78, RED, 3) + rect(114, 36, 78, 78, YELLOW, 3) + rect(36, 114, 78, 78, BLUE, 3) + circle(120, 74, 13, RED) + circle(75, 108, 13, BLUE) + circle(153, 108, 13, "#e3efe0") + circle(108, 153, 13, "#e3efe0")
                      + turned(9, rect(136, 124, 78, 78, "#5aa17f", 3), circle(175, 118, 13, "#5aa17f"), circle(130, 163, 13, "#5aa17f"))),
    "yo-yo": ("#e0e6f4", line("M120 120Q150 40 96 22q-22-6-22 12t20 10", CREAM, 5) + circle(128, 142, 62, "#b5473c") + circle(120, 138, 62, RED) + circle(120, 138, 44, PALE_WOOD) + ring(120, 138, 33, "#cfa069", 3) + circle(120, 138, 14, RED) + area("M82 104q16-18 40-18-20 8-32 26z", "#e88b80")),
    "sailing-boat": ("#d5eaf4", rect(112, 34, 7, 134, DARK_WOOD, 3) + area("M122 42q62 58 64 112h-64z", CREAM) + area("M108 58q-42 42-52 96h52z", RED) + area("M154 78q26 36 32 76h-64v-20q30-8 32-56z", "#f0e4c4") + area("M38 164h164q-14 38-46 38H84q-32 0-46-38z", WOOD) + rect(38, 162, 164, 9, DARK_WOOD, 4) + area("M119 34l30 10-30 9z", YELLOW) + line("M22 204q12-10 24 0t24 0 24 0 24 0 24 0 24 0 24 0 24 0", "#5fa3c7", 8)),
    "xylophone": ("#efe7f5", turned(-14, line("M40 84l166 34M40 164l166-30", DARK_WOOD, 9), *(rect(34 + 28 * i, 62 + 6 * i, 22, 120 - 12 * i, colour, 8) + circle(45 + 28 * i, 86 + 4 * i, 3, CREAM) + circle(45 + 28 * i, 162 - 4 * i, 3, CREAM) for i, colour in enumerate((RED, "#e58a3d", YELLOW, "#67ab5b", BLUE, "#7a57a8"))))
                  + line("M148 214L212 162", DARK_WOOD, 6) + circle(146, 214, 11, RED)),
}

OFFICE = {
    "dotted-notebook": ("#e5ece6", turned(8, rect(64, 36, 118, 168, "#23443e", 8), rect(60, 34, 116, 166, "#2f6158", 8), rect(60, 34, 18, 166, "#264e47", 6), rect(148, 34, 9, 166, "#e3b34c"), rect(92, 66, 44, 26, CREAM, 4), line("M100 76h28M100 83h18", "#9fb3ad", 3), area("M108 200h12v26l-6-7-6 7z", RED))),
    "fountain-pen": ("#e7e4f2", line("M30 206q28-20 44 0t40-4 42 2", "#3a4d9c", 4) + turned(45, rect(106, 4, 28, 84, "#2c3a7a", 12), rect(126, 22, 5, 50, YELLOW, 2), rect(104, 84, 32, 8, YELLOW), rect(108, 92, 24, 62, "#3d4f9e", 3), rect(113, 98, 5, 50, "#6d7fcd", 2), rect(111, 154, 18, 16, INK, 2), area("M110 170h20l-4 24-6 16-6-16z", "#e5b64d"), line("M120 182v22", "#94701f", 2))),
    "desk-lamp": ("#f0e8d6", area("M52 110l78 92H12z", "#fff6cf") + shadow(60) + line("M150 196l34-72L104 62", DARK_STEEL, 9) + circle(184, 124, 9, INK) + oval(150, 196, 44, 11, "#2f6f73") + area("M118 44L86 28q-48 18-54 66l50 46q-6-50 36-96z", "#3a8a8f") + area("M32 94l50 46q-36 4-50-46z", "#f7d774") + circle(104, 42, 12, "#2f6f73")),
    "stapler": ("#f2dfdc", shadow(86) + area("M30 186h176q8 0 8 8v8H30z", INK) + rect(176, 128, 30, 62, DARK_STEEL, 5) + area("M36 158l154-10v14L36 172z", STEEL) + area("M30 142q0-14 16-18l124-24q40-4 40 30v20L30 160z", RED) + area("M46 124l124-24q16-2 26 3L44 134z", "#e57b70") + rect(40, 176, 26, 10, PALE_STEEL, 2)),
    "colouring-pencils": ("#e4eef3", shadow(66) + "".join(rect(58 + 21 * i, 66, 20, 80, colour) + area(f"M{58 + 21 * i} 66l10-34 10 34z", "#f3d9ae") + area(f"M{64.5 + 21 * i} 45l3.5-13 3.5 13z", colour)
                                                         for i, colour in enumerate((RED, "#e58a3d", YELLOW, "#67ab5b", BLUE, "#7a57a8"))) + rect(50, 108, 142, 94, "#f7efe0", 5) + rect(50, 126, 142, 26, "#2f6f73") + circle(121, 139, 7, YELLOW) + rect(70, 170, 102, 6, "#dccfb4", 3)),
    "sticky-notes": ("#e6e6ee", turned(-12, rect(46, 84, 104, 104, "#e8839b", 2)) + turned(6, rect(84, 70, 106, 106, "#79b8d8", 2)) + area("M66 54h112v88l-26 26H66z", "#f9d65c") + area("M178 142l-26 26v-26z", "#dcb233") + line("M86 84h70M86 104h70M86 124h40", "#c39a24", 5)),
    "paper-scissors": ("#dceee8", line("M74 40l74 128M166 40L92 168", PALE_STEEL, 15) + line("M166 40L92 168", STEEL, 4) + ring(80, 186, 24, "#e2733f", 13) + ring(160, 186, 24, "#e2733f", 13) + line("M106 146l-8 14M134 146l8 14", "#e2733f", 15) + circle(120, 120, 7, DARK_STEEL)),
    "brass-ruler": ("#dfe0ea", turned(-38, rect(6, 94, 228, 52, "#d8a840", 4), rect(6, 94, 228, 12, "#ebc76e", 4), line("".join(f"M{20 + 20 * i} 146v-24" for i in range(11)), "#7d5a12", 3), line("".join(f"M{30 + 20 * i} 146v-13" for i in range(10)), "#7d5a12", 2), circle(222, 112, 5, "#dfe0ea"))),
    "paper-clips": ("#f5ecd8", "".join(f'<g transform="translate({x} {y}) rotate({angle})">' + line("M14 30V-22a14 14 0 0 0-28 0v58a20 20 0 0 0 40 0v-48", colour, 6) + "</g>" for x, y, angle, colour in ((70, 76, -20, RED), (166, 74, 35, BLUE), (120, 132, 80, GREEN), (62, 176, 25, "#7a57a8"), (178, 170, -30, "#e58a3d")))),
}

SPORTS = {
    "football": ("#d8ecd5", shadow(62) + circle(120, 122, 80, "#fbfbf7") + area("M120 92l30 22-12 35h-36l-12-35z", INK) + around(5, area("M103 44h34l-5 16-12 8-12-8z", INK) + line("M120 68v24M136 58l34 24", INK, 4)) + ring(120, 122, 80, "#c9cfc4", 4)),
    "tennis-racket": ("#d6e6f2", turned(35, line("M100 132l16 34M140 132l-16 34", "#b23f36", 7), rect(112, 158, 16, 72, INK, 6), line("M86 54v68M98 40v94M110 34v104M122 34v104M134 36v98M146 44v84M154 56v62M78 66h84M74 80h92M74 94h92M78 108h84M84 122h72", "#fffdf5", 2.5), f'<ellipse cx="120" cy="86" rx="47" ry="54" fill="none" stroke="{RED}" stroke-width="10"/>') + circle(62, 178, 22, "#d7e24f") + line("M46 166q16 6 14 32M80 166q-12 6-6 26", "#fff", 3)),
    "yoga-mat": ("#f0e4f0", shadow(92) + rect(92, 164, 132, 34, "#8b6bb0", 4) + rect(92, 184, 132, 14, "#74559a", 4) + circle(84, 146, 54, "#8b6bb0") + ring(84, 146, 41, "#b79ad6", 6) + ring(84, 146, 27, "#b79ad6", 6) + ring(84, 146, 13, "#b79ad6", 6) + rect(116, 110, 10, 74, "#f1b940", 4)),
    "skipping-rope": ("#fbe6d8", line("M66 112C24 236 152 236 144 176 138 138 102 138 96 176 88 236 216 236 174 112", BLUE, 7) + turned(14, rect(58, 56, 18, 70, RED, 8), rect(58, 108, 18, 8, CREAM)) + turned(-14, rect(164, 56, 18, 70, RED, 8), rect(164, 108, 18, 8, CREAM))),
    "dumbbell": ("#e2e5e9", shadow(88) + turned(-14, rect(58, 116, 124, 18, STEEL, 6), rect(58, 118, 124, 5, PALE_STEEL, 2), rect(40, 72, 28, 106, "#394150", 8), rect(22, 90, 20, 70, "#4c5668", 7), rect(172, 72, 28, 106, "#394150", 8), rect(198, 90, 20, 70, "#4c5668", 7), rect(46, 80, 6, 90, "#5d6980", 3), rect(178, 80, 6, 90, "#5d6980", 3))),
    "water-bottle": ("#d8ecec", shadow(42) + rect(86, 84, 68, 118, "#2f8f93", 14) + area("M86 98q0-22 18-30h32q18 8 18 30z", "#2f8f93") + rect(100, 46, 40, 26, INK, 6) + line("M108 46v-8q12-12 24 0v8", INK, 7) + rect(98, 96, 10, 94, "#5fb5b8", 5) + rect(86, 150, 68, 8, PALE_STEEL) + rect(100, 66, 40, 7, STEEL)),
    "table-tennis-set": ("#dde7f5", turned(-28, rect(108, 136, 24, 84, WOOD, 9), circle(120, 90, 62, "#8f2d26"), circle(120, 88, 60, RED), area("M72 124q48 26 96 0l-22 22h-52z", PALE_WOOD)) + circle(188, 176, 20, "#fffdf6") + circle(182, 170, 6, "#fff") + circle(142, 196, 15, "#f3a24a")),
    "flying-disc": ("#d3e9f8", oval(62, 190, 38, 11, "#fff") + oval(186, 60, 34, 11, "#fff") + turned(-14, oval(120, 128, 92, 40, "#d65f35"), oval(120, 116, 92, 40, "#ee8150"), oval(120, 112, 66, 26, "#f6a378"), oval(120, 110, 38, 14, CREAM), oval(120, 110, 22, 8, "#ee8150"))),
    "swimming-goggles": ("#d5eff2", line("M34 106Q120 20 206 106", INK, 9) + line("M34 122Q120 66 206 122", "#4b4f58", 7) + rect(26, 94, 84, 66, "#1f6fa8", 32) + rect(130, 94, 84, 66, "#1f6fa8", 32) + rect(36, 104, 64, 46, "#7cc7e8", 23) + rect(140, 104, 64, 46, "#7cc7e8", 23) + line("M110 122q10-10 20 0", INK, 8) + line("M50 124q4-10 16-11M154 124q4-10 16-11", "#d9f2fb", 6)),
}

HOME = {
    "beeswax-candle": ("#4a3b4f", circle(120, 66, 62, "#5c4a60") + circle(120, 66, 40, "#74596a") + area("M120 24q24 30 14 48-14 18-28 0-8-18 14-48z", "#f6a63a") + area("M120 46q12 16 7 26-7 9-14 0-4-10 7-26z", "#fff0b8") + line("M120 78v12", INK, 4) + rect(92, 88, 56, 106, "#efc050", 5) + rect(92, 88, 16, 106, "#f7d681", 5) + area("M92 96q8 22 16 0t16 4 24-4v-8H92z", "#f9e2a5") + oval(120, 194, 60, 12, "#c8a36a") + oval(120, 191, 60, 10, "#dfbd85")),
    "wall-clock": ("#e7ece4", circle(120, 120, 84, DARK_WOOD) + circle(120, 120, 84, WOOD) + circle(120, 120, 69, CREAM) + around(12, rect(118, 58, 4, 11, "#8d8a80", 2)) + line("M120 120l-28-26", INK, 8) + line("M120 120l34-34", INK, 5) + line("M110 130l22-50", RED, 2) + circle(120, 120, 6, RED)),
    "striped-cushion": ("#f4e6dc", shadow(70) + area("M46 58q74 16 148 0 8 6 4 12-12 58 0 120-2 8-8 8-70-12-140 0-8-2-8-8 12-62 0-120-2-8 4-12z", "#f6efe2") + "".join(area(f"M{x} 64q-5 64 0 128h16q-5-64 0-128z", colour) for x, colour in ((66, "#4d8a94"), (98, "#e2a04a"), (130, "#4d8a94"), (162, "#e2a04a")))),
    "folding-umbrella": ("#dbe5ee", line("M120 112v76q0 18 17 18t17-18", DARK_WOOD, 8) + rect(117, 30, 6, 20, DARK_WOOD, 3) + area("M24 126Q32 42 120 42t96 84q-16-16-32 0-16-16-32 0-16-16-32 0-16-16-32 0-16-16-32 0-16-16-32 0z", RED) + area("M88 126Q92 56 120 42q28 14 32 84-16-16-32 0-16-16-32 0z", "#e5776c") + area("M24 126q16-16 32 0 6-56 64-84Q32 42 24 126z", "#b43d33")),
    "wicker-basket": ("#eaf0dd", shadow(66) + line("M66 112Q70 30 120 30t54 82", DARK_WOOD, 11) + circle(92, 104, 24, RED) + circle(142, 102, 26, "#e39a3d") + circle(118, 96, 22, LEAF) + area("M48 112h144l-18 90H66z", "#d9a762") + line("M58 136h124M62 160h116M66 184h108", "#b37d3c", 6) + line("M82 118l8 80M107 118l4 80M133 118l-4 80M158 118l-8 80", "#c08b48", 5) + rect(42, 106, 156, 17, "#c28d4b", 8)),
    "canvas-backpack": ("#e2e6d6", shadow(62) + line("M98 52q0-26 22-26t22 26", "#7a4f2c", 9) + rect(42, 118, 30, 66, "#6b7a46", 12) + rect(168, 118, 30, 66, "#6b7a46", 12) + area("M62 96q0-50 58-50t58 50v92q0 14-14 14H76q-14 0-14-14z", "#84945a") + rect(78, 138, 84, 54, "#74844c", 10) + area("M58 92q4-48 62-48t62 48v22q0 8-8 8H66q-8 0-8-8z", "#93a468") + rect(88, 104, 13, 48, "#7a4f2c", 4) + rect(139, 104, 13, 48, "#7a4f2c", 4) + rect(86, 132, 17, 12, "#e0b64f", 3) + rect(137, 132, 17, 12, "#e0b64f", 3)),
    "alarm-clock": ("#fce3dc", shadow(56) + line("M84 174l-18 26M156 174l18 26", INK, 10) + circle(58, 60, 26, "#e0a33a") + circle(182, 60, 26, "#e0a33a") + rect(114, 26, 12, 28, INK, 4) + circle(120, 122, 72, "#2f8f86") + circle(120, 122, 57, CREAM) + around(4, rect(117.5, 70, 5, 12, INK, 2)) + line("M120 122V86", INK, 6) + line("M120 122l24 16", INK, 6) + circle(120, 122, 6, RED)),
}

DRAWINGS = KITCHEN | GARDEN | BOOKS | TOYS | OFFICE | SPORTS | HOME


def main():
    folder = pathlib.Path(__file__).parent / "images"
    folder.mkdir(exist_ok=True)
    for slug, (background, shapes) in DRAWINGS.items():
        text = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240">'
                f'<rect width="240" height="240" fill="{background}"/>{shapes}</svg>\n')
        (folder / f"{slug}.svg").write_text(text)


if __name__ == "__main__":
    main()
