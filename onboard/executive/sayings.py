"""The executive's sentences in Kazakh, Russian and English, by the reason of a decision."""

from onboard.executive.refusal import Why
from onboard.messages import Explanation

Sentence = tuple[str, str, str]
NOT_FOLLOWING = (
    "нысанға бұдан әрі ермейді: ",
    "дальше за целью не следует: ",
    "does not follow the object any further: ",
)
NOT_REACTING = (
    "оқиғаға әрекет жоқ: ",
    "не реагирует на событие: ",
    "does not react to the event: ",
)

REFUSALS: dict[Why, Sentence] = {
    Why.NOT_TASKED: (
        "тапсырмада мұндайға әрекет жоқ",
        "задание такого не предусматривает",
        "the tasking has no reaction to it",
    ),
    Why.NO_RELIEF: (
        "басқа дрондарды ауыстырмайды",
        "других не сменяет",
        "it relieves nobody",
    ),
    Why.NOT_ON_PATROL: (
        "патрульде емес",
        "не патрулирует",
        "it is not on patrol",
    ),
    Why.BUSY: (
        "басқа оқиғамен айналысып жатыр",
        "занят другим событием",
        "it is busy with another event",
    ),
    Why.UNCERTAIN: (
        "сенімділігі {certainty:.0f} %, тапсырма көбірек сұрайды",
        "уверенность {certainty:.0f} %, задание требует большей",
        "its certainty is {certainty:.0f} %, the tasking asks for more",
    ),
    Why.OTHER_CLASS: (
        "«{object}» тапсырмада жоқ",
        "«{object}» нет в задании",
        "the tasking does not name a {object}",
    ),
    Why.ALONE: (
        "байланыссыз бұған рұқсат жоқ",
        "без связи это не разрешено",
        "it is not allowed while the link is gone",
    ),
    Why.AGAIN: (
        "бұған жақында әрекет етілген",
        "на это уже реагировал недавно",
        "it has reacted to this lately",
    ),
    Why.SPENT: (
        "осы ұшуға берілген {seconds:.0f} с таусылды",
        "отведённые на полёт {seconds:.0f} с израсходованы",
        "the {seconds:.0f} s that a flight is given for it are spent",
    ),
    Why.UNKNOWN: (
        "дронның орны, үйі, батареясы немесе жоспары белгісіз",
        "неизвестны место, дом, батарея или план дрона",
        "the vehicle's place, home, battery or plan is not known",
    ),
    Why.NO_FENCE: (
        "бортта шекара жоқ",
        "на борту нет границы",
        "there is no fence on board",
    ),
    Why.FLOOR: (
        "{height:.0f} м шектен ({floor:.0f} м) төмен",
        "{height:.0f} м ниже предела {floor:.0f} м",
        "{height:.0f} m is below the floor of {floor:.0f} m",
    ),
    Why.CEILING: (
        "{height:.0f} м шектен ({ceiling:.0f} м) жоғары",
        "{height:.0f} м выше предела {ceiling:.0f} м",
        "{height:.0f} m is above the ceiling of {ceiling:.0f} m",
    ),
    Why.REACH: (
        "{far:.0f} м, рұқсаты {reach:.0f} м",
        "до него {far:.0f} м, разрешено {reach:.0f} м",
        "it is {far:.0f} m away, {reach:.0f} m are allowed",
    ),
    Why.FENCE: (
        "жол немесе шеңбер шекарадан шығады",
        "путь или круг выходит за границу",
        "the way or the circle leaves the fence",
    ),
    Why.ZONE: (
        "жол немесе шеңбер {zone} аймағына кіреді",
        "путь или круг заходит в зону {zone}",
        "the way or the circle enters the zone {zone}",
    ),
    Why.BATTERY: (
        "батарея {left:.0f} %, үйге жолмен {needed:.0f} % керек",
        "батарея {left:.0f} %, с дорогой домой нужно {needed:.0f} %",
        "the battery is at {left:.0f} %, with the way home it takes {needed:.0f} %",
    ),
    Why.OUTRUN: (
        "нысан {far:.0f} м алыста, рұқсаты {behind:.0f} м",
        "до цели {far:.0f} м, разрешено {behind:.0f} м",
        "the object is {far:.0f} m away, {behind:.0f} m are allowed",
    ),
}

SENTENCES: dict[str, Sentence] = {
    "patrolling": (
        "патрульді қадағалайды",
        "следит за патрулированием",
        "watches over the patrol",
    ),
    "ending": (
        "соңғы пунктте Hold режимі: тапсырманың біткен-бітпегенін анықтауда",
        "режим Hold у последнего пункта: выясняет, окончено ли задание",
        "Hold mode at the last item: it waits to hear whether the mission is over",
    ),
    "over": (
        "тапсырма соңына дейін орындалды: келесісін күтеді",
        "задание выполнено до конца: ждёт следующего",
        "the mission is over: it waits for the next one",
    ),
    "stopping": (
        "оқиға: {event} Тоқтап қарайды",
        "событие: {event} Останавливается посмотреть",
        "event: {event} It stops to look",
    ),
    "looking": (
        "{seconds:.0f} с қарап тұрады",
        "смотрит {seconds:.0f} с",
        "looks for {seconds:.0f} s",
    ),
    "lowering": (
        "{height:.0f} м биіктікке түседі",
        "снижается до {height:.0f} м",
        "descends to {height:.0f} m",
    ),
    "circling": (
        "{radius:.0f} м радиуспен айналуға барады",
        "идёт на круг радиусом {radius:.0f} м",
        "goes to circle at {radius:.0f} m",
    ),
    "orbiting": (
        "{seconds:.0f} с айналады",
        "кружит {seconds:.0f} с",
        "circles for {seconds:.0f} s",
    ),
    "following": (
        "нысан {speed:.1f} м/с қозғалады: айнала еріп ұшады",
        "цель движется {speed:.1f} м/с: круг идёт за ней",
        "the object moves at {speed:.1f} m/s: the circle goes with it",
    ),
    "trailing": (
        "нысан {speed:.1f} м/с қозғалады: соңынан ұшады",
        "цель движется {speed:.1f} м/с: летит за ней",
        "the object moves at {speed:.1f} m/s: it flies along",
    ),
    "rests": ("нысан тоқтады", "цель остановилась", "the object has come to rest"),
    "gone": (
        "нысан рұқсат етілген шектен шықты",
        "цель вышла за пределы разрешённого",
        "the object has left what is permitted",
    ),
    "coming_back": (
        "қалдырған бөлігіне қайтады",
        "возвращается на оставленный участок",
        "comes back to the leg it left",
    ),
    "rejoining": (
        "тапсырманы {item}-пункттен жалғастырады",
        "продолжает задание с пункта {item}",
        "goes on with the mission at item {item}",
    ),
    "rejoined": (
        "тапсырма {item}-пунктке жалғасуда",
        "задание продолжается к пункту {item}",
        "the mission goes on to item {item}",
    ),
    "failed": (
        "орындалмады ({words})",
        "не выполнено ({words})",
        "not done ({words})",
    ),
    "time_up": ("уақыты бітті", "время вышло", "its time is up"),
    "relieved": (
        "нысананы {by} қабылдады",
        "цель принял {by}",
        "{by} has taken the track over",
    ),
    "strayed": (
        "шектен шығып кетті",
        "вышел за пределы",
        "it has strayed out of its bounds",
    ),
    "low": (
        "батарея {left:.0f} %, үйге {needed:.0f} % керек: үйге қайтады",
        "батарея {left:.0f} %, домой нужно {needed:.0f} %: возвращается домой",
        "the battery is at {left:.0f} % and the way home takes {needed:.0f} %: it returns home",
    ),
    "link_lost": (
        "жермен байланыс {lost:.0f} с жоқ",
        "связи с землёй нет {lost:.0f} с",
        "nobody on the ground was heard for {lost:.0f} s",
    ),
    "waiting": (
        "ең көбі {seconds:.0f} с күтеді",
        "ждёт не дольше {seconds:.0f} с",
        "it waits for at most {seconds:.0f} s",
    ),
    "going_home": ("үйге қайтады", "возвращается домой", "it returns home"),
    "link_back": ("байланыс қайта орнады", "связь восстановлена", "the link is back"),
    "left_behind": (
        "қайта іске қосылды, алдында тапсырманы қалдырған",
        "перезапущен, перед этим оставил задание",
        "started anew, it had left the mission before",
    ),
    "landed": ("қонды", "приземлился", "landed"),
    "asked": (
        "қайта сұралды, патрульді күтеді",
        "снова допущен, ждёт патрулирования",
        "asked again, it waits for the patrol",
    ),
    "helpless": (
        "автопилот бағынбайды ({words}): адам керек",
        "автопилот не слушается ({words}): нужен человек",
        "the autopilot does not obey ({words}): a person is needed",
    ),
    "offered": (
        "нысана ауыстырушы дронға ұсынылды",
        "цель предложена сменному дрону",
        "the track was offered to a relief drone",
    ),
    "no_relief": (
        "ауыстырушы дрон жауап бермеді",
        "сменный дрон не ответил",
        "no relief drone has answered",
    ),
    "relief_refused": (
        "{by} қабылдамады: {words}",
        "{by} отказался: {words}",
        "{by} refused: {words}",
    ),
    "yielded_sticks": (
        "ұшқыш басқаруды алды (таяқшалар): үнсіз",
        "пилот взял управление (стики): молчит",
        "the pilot took over by the sticks: it is silent",
    ),
    "yielded_command": (
        "басқа станса бұйрық берді: үнсіз",
        "команду дала другая станция: молчит",
        "another station gave an order: it is silent",
    ),
    "yielded_mode": (
        "режим енді {mode}, өз бұйрығымен емес: үнсіз",
        "режим теперь {mode}, не по его команде: молчит",
        "the mode is {mode} now, and not by its order: it is silent",
    ),
    "yielded_failsafe": (
        "автопилоттың апаттық режимі ({mode}): үнсіз",
        "аварийный режим автопилота ({mode}): молчит",
        "the autopilot's failsafe acts ({mode}): it is silent",
    ),
    "yielded_order": (
        "оператор тоқтатты: үнсіз",
        "отстранён оператором: молчит",
        "the operator stood it down: it is silent",
    ),
}


def sentence(
    *reasons: str, about: dict[str, object], event: Explanation | None = None
) -> Explanation:
    """One sentence of a decision: its reasons one after another, in three languages.

    `event` is the sentence of the event that it answers to.
    """
    events = ("", "", "") if event is None else (event.kk, event.ru, event.en)
    texts = [
        "; ".join(SENTENCES[reason][language] for reason in reasons).format(
            event=events[language], **about
        )
        for language in range(3)
    ]
    return Explanation(kk=texts[0], ru=texts[1], en=texts[2])


def refusal_sentence(
    why: Why, about: dict[str, str | float], start: Sentence = NOT_REACTING
) -> Explanation:
    """Why an event is not reacted to, or what `start` says is not done."""
    texts = [begun + text.format(**about) for begun, text in zip(start, REFUSALS[why], strict=True)]
    return Explanation(kk=texts[0], ru=texts[1], en=texts[2])
