"""The words that an edit understands, as data: operations, colours, things and places.

A prompt may name several; they are applied in the table's order. A prompt without any of these words
gets the operation `derived`, whose looks follow from the text itself. Knows nothing of pixels.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Generic, Literal, TypeVar

# fmt: off
Operation = Literal[
    "mirror", "rotate", "remove", "replace", "recolour", "colourise", "greyscale", "sepia", "invert", "brighter",
    "darker", "warmer", "cooler", "winter", "autumn", "sunset", "night", "blur", "sharpen", "cartoon", "sketch",
    "add", "derived",
]
ThingName = Literal[
    "flower", "star", "heart", "hat", "crown", "glasses", "sun", "moon", "balloon", "cloud", "tree", "butterfly",
    "bird", "boat", "cat", "snowman",
]
# fmt: on
PlaceName = Literal["sky", "ground", "left", "right", "centre", "background"]
Rgb = tuple[int, int, int]
Name = TypeVar("Name")


@dataclass(frozen=True, kw_only=True)
class Word(Generic[Name]):
    """One row: a name, what a person sees, and the spellings that ask for it."""

    name: Name
    sees: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a prompt asks for. `operations` are in the order in which they are applied, never empty."""

    operations: tuple[Operation, ...]
    colour: Rgb | None = None
    thing: ThingName | None = None
    place: PlaceName | None = None


def _row(name: Name, sees: str, spellings: str) -> Word[Name]:
    return Word(name=name, sees=sees, spellings=tuple(part.strip() for part in spellings.split(",")))


# The order of rows is the order of application: content, colour, season and light, style, and what is
# added last, on top.
OPERATIONS: tuple[Word[Operation], ...] = (
    _row("mirror", "left and right change places", "mirror, mirrored, flip, flipped, 镜像, 翻转, espejo, spiegeln"),
    _row(
        "rotate", "turned upside down", "rotate, rotated, upside down, turn around, 旋转, 倒置, girar, drehen, pivoter"
    ),
    _row(
        "remove",
        "a region is filled from its surroundings",
        "remove, removed, removing, erase, delete, get rid of, take away, clean up, "
        "移除, 删除, 去掉, 去除, 消す, quita, quitar, elimina, eliminar, supprime, enlève, entferne, entfernen, "
        "remova, remover, rimuovi",
    ),
    _row(
        "replace",
        "a region gives way to other content",
        "replace, replaced, replacing, swap, substitute, exchange, 替换, 换成, 置き換え, reemplaza, remplace, ersetze, "
        "substitua, sostituisci",
    ),
    _row(
        "recolour",
        "a region takes the named colour",
        "recolour, recolor, repaint, dye, tint, change the colour of, change the color of",
    ),
    _row(
        "colourise",
        "grey becomes coloured, colour becomes richer",
        "colourise, colourize, colorise, colorize, colourised, colorized, add colour, add color, vivid, saturated, "
        "上色, 着色, カラー化, colorea, colorier, coloriser, kolorieren, colorir, colora",
    ),
    _row(
        "greyscale",
        "no colour is left",
        "greyscale, grayscale, grey scale, gray scale, black and white, black & white, b&w, monochrome, desaturate, "
        "黑白, 白黒, blanco y negro, noir et blanc, schwarzweiß, preto e branco, bianco e nero",
    ),
    _row("sepia", "brown and faded, as an old print", "sepia, vintage, retro, old photo, antique, 复古, 怀旧, セピア"),
    _row("invert", "a negative", "invert, inverted, negative, 反色, 反转, negativo, negativ"),
    _row(
        "brighter",
        "lighter overall",
        "brighter, brighten, lighten, lighter, more light, 变亮, 更亮, 提亮, 明るく, más claro, plus clair, heller",
    ),
    _row("darker", "darker overall", "darker, darken, dim, 变暗, 更暗, 暗く, más oscuro, plus sombre, dunkler"),
    _row("warmer", "towards orange", "warmer, warm, cosy, cozy, 温暖, cálido, chaud, wärmer"),
    _row("cooler", "towards blue", "cooler, colder, cold, icy, 冷色, frío, froid, kälter"),
    _row(
        "winter",
        "pale and cold, with snow falling",
        "winter, wintry, snow, snowy, snowing, snowfall, frozen, 冬天, 冬季, 下雪, 雪, 冬, invierno, nieve, hiver, "
        "neige, schnee, inverno, neve",
    ),
    _row(
        "autumn",
        "greens turn to orange, with leaves falling",
        "autumn, autumnal, fall colours, fall colors, fall foliage, 秋天, 秋, otoño, automne, herbst, outono, autunno",
    ),
    _row(
        "sunset",
        "a low sun with its glow in a warm sky",
        "sunset, sunrise, dusk, dawn, golden hour, 日落, 日出, 夕阳, 夕日, 夕焼け, atardecer, amanecer, "
        "coucher de soleil, lever de soleil, sonnenuntergang, sonnenaufgang, pôr do sol, nascer do sol, tramonto, alba",
    ),
    _row(
        "night",
        "dark and blue, with moon and stars",
        "night, nighttime, night-time, midnight, nocturnal, starry, moonlit, 夜晚, 夜景, 夜, noche, nuit, nacht, "
        "noite, notte",
    ),
    _row(
        "blur",
        "out of focus",
        "blur, blurred, blurry, bokeh, out of focus, soften, 模糊, 虚化, ぼかし, desenfoca, flou",
    ),
    _row(
        "sharpen", "crisper", "sharpen, sharper, sharp, crisp, enhance, upscale, 锐化, 清晰, シャープ, nítido, schärfer"
    ),
    _row(
        "cartoon",
        "flat colours and dark outlines",
        "cartoon, cartoonish, comic, comic book, anime, manga, pop art, 卡通, 动漫, 漫画, アニメ, dibujo animado, "
        "dessin animé",
    ),
    _row(
        "sketch",
        "pencil lines on paper",
        "sketch, sketched, pencil, drawing, line art, charcoal, 素描, 铅笔, スケッチ, boceto, croquis, skizze",
    ),
    _row(
        "add",
        "a thing is drawn in, in the named colour",
        "add, adding, insert, 添加, 加上, 加入, 增加, 追加, añade, agrega, ajoute, füge, adicione, adiciona, aggiungi",
    ),
)

DERIVED: Word[Operation] = _row(
    "derived", "a colour grade and a handful of soft lights, both following from the text", "(any other prompt)"
)

THINGS: tuple[Word[ThingName], ...] = (
    _row(
        "flower",
        "a flower on its stem",
        "flower, flowers, rose, roses, tulip, daisy, 花, 玫瑰, 玫瑰花, 薔薇, flor, rosa, fleur, blume, fiore",
    ),
    _row("star", "a five-pointed star", "star, stars, 星星, estrella, étoile, stern, estrela, stella"),
    _row("heart", "a heart", "heart, hearts, 爱心, 心形, ハート, corazón, cœur, herz, coração, cuore"),
    _row("hat", "a brimmed hat", "hat, hats, 帽子, sombrero, chapeau, chapéu, cappello"),
    _row("crown", "a crown with jewels", "crown, tiara, 皇冠, corona, couronne, krone, coroa"),
    _row("glasses", "dark glasses", "glasses, sunglasses, 眼镜, 墨镜, gafas, lunettes, brille, óculos, occhiali"),
    _row("sun", "a sun with rays", "sun, 太阳, sol, soleil, sonne, sole"),
    _row("moon", "a crescent", "moon, 月亮, luna, lune, mond, lua"),
    _row("balloon", "a balloon on a string", "balloon, balloons, 气球, globo, ballon, luftballon, balão, palloncino"),
    _row("cloud", "a cloud", "cloud, clouds, 云, 雲, nube, nuage, wolke, nuvem, nuvola"),
    _row("tree", "a tree", "tree, trees, 树, 樹, árbol, arbre, baum, árvore, albero"),
    _row("butterfly", "a butterfly", "butterfly, butterflies, 蝴蝶, mariposa, papillon, schmetterling, borboleta"),
    _row("bird", "a bird in flight", "bird, birds, seagull, 鸟, 鳥, pájaro, oiseau, vogel, pássaro, uccello"),
    _row("boat", "a sailing boat", "boat, boats, ship, sailboat, 船, barco, bateau, boot, schiff, barca"),
    _row("cat", "a cat's head", "cat, cats, kitten, 猫, gato, katze, gatto"),
    _row("snowman", "a snowman", "snowman, 雪人, bonhomme de neige, schneemann"),
)

COLOURS: tuple[Word[Rgb], ...] = (
    _row(
        (214, 32, 44), "red", "red, crimson, scarlet, 红, 红色, 紅, 赤, rojo, roja, rouge, rot, rote, vermelho, rosso"
    ),
    _row((240, 128, 28), "orange", "orange, 橙, 橙色, naranja, laranja, arancione"),
    _row(
        (246, 208, 48),
        "yellow",
        "yellow, golden, gold, 黄, 黄色, 金色, amarillo, amarilla, jaune, gelb, amarelo, giallo",
    ),
    _row((52, 158, 74), "green", "green, 绿, 绿色, 緑, verde, vert, verte, grün, grüne"),
    _row((44, 100, 214), "blue", "blue, 蓝, 蓝色, 青, azul, bleu, bleue, blau, blaue, blu"),
    _row((134, 64, 186), "purple", "purple, violet, lilac, 紫, 紫色, morado, violeta, lila, roxo, viola"),
    _row((242, 130, 178), "pink", "pink, 粉, 粉色, 粉红, ピンク, rosado"),
    _row((124, 80, 48), "brown", "brown, 棕色, 褐色, 茶色, marrón, brun, braun, marrom, marrone"),
    _row((34, 34, 40), "black", "black, 黑, 黑色, 黒, negro, negra, noir, noire, schwarz, preto, nero"),
    _row((246, 246, 242), "white", "white, 白, 白色, blanco, blanca, blanc, blanche, weiß, branco, bianco"),
    _row((136, 140, 146), "grey", "grey, gray, 灰, 灰色, gris, grau, cinza, grigio"),
)

PLACES: tuple[Word[PlaceName], ...] = (
    _row("sky", "the upper part", "sky, top, above, upper, 天空, 上方, cielo, ciel, himmel, céu"),
    _row("ground", "the lower part", "ground, bottom, below, lower, floor, 地面, 下方, suelo, boden, chão"),
    _row("left", "the left side", "left, 左, izquierda, gauche, links, esquerda, sinistra"),
    _row("right", "the right side", "right, 右, derecha, droite, rechts, direita, destra"),
    _row("centre", "the middle", "centre, center, middle, 中间, 中央, 中心, centro, milieu, mitte, meio"),
    _row(
        "background",
        "all but the middle",
        "background, backdrop, behind, 背景, fondo, arrière-plan, hintergrund, fundo",
    ),
)

# A prompt is read this far; all of it counts towards the looks.
READ_CHARACTERS = 4000

# Operations that a colour or a thing belongs to; without one of them a colour alone recolours and a
# thing alone is added.
_TAKES_COLOUR = frozenset({"add", "replace", "recolour"})
_TAKES_THING = frozenset({"add", "replace", "remove"})


def read_prompt(prompt: str) -> Reading:
    """The operations that the prompt's words ask for, with the first colour, thing and place it names."""
    text = _plain(prompt[:READ_CHARACTERS])
    found: set[Operation] = {word.name for word in OPERATIONS if _pattern(word.spellings).search(text)}
    named = text
    if "greyscale" in found:  # "black and white" names an operation, not two colours
        named = _pattern(next(word.spellings for word in OPERATIONS if word.name == "greyscale")).sub(" ", text)
    colour, thing, place = _first(COLOURS, named), _first(THINGS, text), _first(PLACES, text)
    if thing is not None and not found & _TAKES_THING:
        found.add("add")
    if colour is not None and not found:
        found.add("recolour")
    operations: tuple[Operation, ...] = tuple(word.name for word in OPERATIONS if word.name in found)
    return Reading(
        operations=operations or ("derived",),
        colour=colour if found & _TAKES_COLOUR else None,
        thing=thing if found & (_TAKES_THING - {"remove"}) else None,
        place=place,
    )


def table() -> str:
    """The vocabulary as Markdown, one table for each kind of word, in order of application."""
    sections = (
        ("Operation", ((word.name, word) for word in (*OPERATIONS, DERIVED))),
        ("Thing", ((word.name, word) for word in THINGS)),
        ("Colour", (("#{:02x}{:02x}{:02x}".format(*word.name), word) for word in COLOURS)),
        ("Place", ((word.name, word) for word in PLACES)),
    )
    lines: list[str] = []
    for title, rows in sections:
        lines += [f"| {title} | What is seen | Words |", "|---|---|---|"]
        lines += [f"| `{name}` | {word.sees} | {', '.join(word.spellings)} |" for name, word in rows]
        lines.append("")
    return "\n".join(lines)


def _first(words: tuple[Word[Name], ...], text: str) -> Name | None:
    """The word that stands earliest in the text; the longest where two begin at the same place."""
    best: tuple[int, int] | None = None
    name: Name | None = None
    for word in words:
        match = _pattern(word.spellings).search(text)
        if match and (best is None or (match.start(), -match.end()) < best):
            best, name = (match.start(), -match.end()), word.name
    return name


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _pattern(spellings: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the spellings: whole words where a script has spaces, anywhere where it has none."""
    plain = sorted(map(_plain, spellings), key=len, reverse=True)
    spaced = [re.escape(word) for word in plain if ord(word[0]) < 0x2E80]
    dense = [re.escape(word) for word in plain if ord(word[0]) >= 0x2E80]
    choices = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return re.compile("|".join(choices + dense))
