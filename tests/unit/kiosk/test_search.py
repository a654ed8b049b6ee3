"""Typing what one came for: the first tile is what a person would expect."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk import search
from kiosk.look_up_state import CLEAR, DELETE, KEYS, SPACE, TYPED_MAX, pressed
from kiosk.near import one_mistake_from_start
from tests import fakes_kiosk as fakes

CATALOGUE = fakes.catalogue()

# service, pinyin initials, full pinyin or the beginning of it, an alias, English words
QUERIES = {
    "A01": ("shzdj", "shenghaizidengji", "zhunshengzheng", "pregnancy"),
    "A02": ("sqflyz", "shenqingfalv", "daguansi", "legal aid"),
    "A03": ("zxzrbm", "zixunzhaoren", "bangmang", "advice"),
    "B01": ("cjylbx", "canjiayanglao", "nongbao", "join pension"),
    "B02": ("tcylbx", "tuichuyanglao", "sangzangbuzhu", "funeral"),
    "B03": ("lylj", "lingyanglaojin", "tuixiu", "start receiving"),
    "B04": ("yljnsrz", "yanglaojinnianshen", "shengcunrenzheng", "yearly check"),
    "B05": ("jyb", "jiaoyibao", "xinnonghe", "medical insurance"),
    "B06": ("wdkbba", "waidikanbing", "zhuanzhen", "treatment in another"),
    "B07": ("sydj", "shiyedengji", "meigongzuo", "unemployed"),
    "C01": ("sqdb", "shenqingdibao", "zuidishenghuo", "minimum living"),
    "C02": ("tkgy", "tekungongyang", "wubaohu", "extreme need"),
    "C03": ("lsjz", "linshijiuzhu", "dabingjiuzhu", "temporary relief"),
    "C04": ("gehkjetbt", "guerhekunjing", "shishiwuren", "orphan"),
    "C05": ("gllrbt", "gaolinglaoren", "changshouqian", "over 80"),
    "C06": ("bcjz", "bancanjizheng", "canlian", "disability card"),
    "C07": ("cjrbt", "canjirenbutie", "liangxiangbutie", "care allowance"),
    "C08": ("lnz", "laonianzheng", "chengcheyouhui", "senior card"),
    "D01": ("xseshk", "xinshengershang", "baohukou", "newborn"),
    "D02": ("sfzdqhz", "shenfenzhengdaoqi", "huanshenfenzheng", "renew card"),
    "D03": ("sfzdlbb", "shenfenzhengdiule", "bushenfenzheng", "lost id"),
    "D04": ("byslh", "biyeshengluohu", "qianhukou", "graduate"),
    "E01": ("ksbz", "kanshubanzheng", "famu", "permit to fell"),
    "E02": ("slks", "shaoliangkanshu", "30lifang", "fell few"),
    "E03": ("sqzjd", "shenqingzhaijidi", "gaifangzidi", "house plot"),
    "E04": ("ncjfxk", "nongcunjianfang", "gaifang", "planning permit"),
    "E05": ("wfgzbz", "weifanggaizao", "xiufangzi", "unsafe"),
    "F01": ("mznykjyz", "maizhuniuyang", "jianyi", "quarantine"),
    "F02": ("mnjbt", "mainongjibutie", "tuolaji", "tractor"),
    "G01": ("tyjryd", "tuiyijunren", "lieshu", "veteran"),
}


def first(typed: str) -> str:
    found = search.find(CATALOGUE, typed)
    return found[0].service_id if found else ""


def ids(typed: str) -> list[str]:
    return [item.service_id for item in search.find(CATALOGUE, typed)]


def test_every_item_of_the_shipped_catalogue_is_in_the_table() -> None:
    assert sorted(QUERIES) == sorted(item.service_id for item in CATALOGUE.items)


@pytest.mark.parametrize("service_id", sorted(QUERIES))
def test_initials_pinyin_alias_and_english_lead_to_the_item_first(service_id: str) -> None:
    assert {typed: first(typed) for typed in QUERIES[service_id]} == dict.fromkeys(
        QUERIES[service_id], service_id
    )


@pytest.mark.parametrize(
    ("typed", "service_id"),
    [
        ("yanglaobx", "B01"),  # whole syllables and initials mixed
        ("sfenzheng", "D02"),
        ("shenfz", "D02"),
        ("zdcj", "C07"),  # 重度: zhong, not chong
        ("zhongdu", "C07"),
        ("changshou", "C05"),  # 长寿: chang, not zhang
        ("tiaojian", ""),
        ("falv", "A02"),  # ü as v, u or yu
        ("falu", "A02"),
        ("falyu", "A02"),
        ("shenfenzheng diu", "D03"),  # what people say
        ("80sui", "C05"),
    ],
)
def test_mixed_typing_and_characters_with_two_readings(typed: str, service_id: str) -> None:
    assert first(typed) == service_id


@pytest.mark.parametrize(
    ("typed", "service_id"),
    [
        ("sangzang", "B02"),
        ("shangzang", "B02"),  # s and sh, as many say it
        ("longbao", "B01"),  # l and n
        ("shenfenzen", "D02"),
        ("yanglaobaoxain", "B01"),  # two letters swapped
        ("laoniazheng", "C08"),  # one missing
        ("tuolaaji", "F02"),  # one too many
        ("lawyre", "A02"),
        ("pregnency", "A01"),
    ],
)
def test_one_mistake_or_an_accent_still_finds_it(typed: str, service_id: str) -> None:
    assert first(typed) == service_id


def test_mistakes_are_not_guessed_where_something_fits_as_typed() -> None:
    assert "C08" not in ids("yanglao")[:4]
    assert ids("tractor") == ["F02"]


def test_english_words_fit_in_any_order_and_from_their_beginning() -> None:
    assert ids("card id lost")[0] == ids("lost id card")[0] == "D03"
    assert first("hou plo") == "E03"
    assert "C08" in ids("card")


def test_names_come_before_subjects() -> None:
    found = ids("sfz")
    assert found[:2] == ["D02", "D03"]
    assert set(found[2:]) <= {"D01", "D04"}


def test_nothing_is_found_for_nothing_and_for_nonsense() -> None:
    assert ids("") == ids("  ") == ids("qqqq") == []
    assert search.find(None, "yl") == ()
    assert search.missed(CATALOGUE, "qqqq")
    assert not search.missed(CATALOGUE, "q")
    assert not search.missed(CATALOGUE, "yl")
    assert not search.missed(None, "qqqq")


def test_examples_are_short_names_of_this_very_catalogue_and_find_themselves() -> None:
    shown = search.examples(CATALOGUE, "zh_CN")
    assert len(shown) == 2
    for typed, name in shown:
        assert search.find(CATALOGUE, typed)[0].plain_name["zh-CN"] == name
    assert search.examples(CATALOGUE, "en") == []


def test_a_new_catalogue_is_searched_at_once() -> None:
    item = CATALOGUE.items[0]
    renamed = item.model_copy(update={"plain_name": {"en": "Zebra licence"}, "aliases": []})
    other = CATALOGUE.model_copy(update={"items": [renamed]})
    assert [found.service_id for found in search.find(other, "zebra")] == [item.service_id]
    assert ids("zebra") == []


@given(st.lists(st.one_of(st.sampled_from([*sorted(KEYS), DELETE, CLEAR, SPACE]), st.text())))
@example(["a"] * 40)
def test_any_keys_in_any_order_give_a_text_that_can_be_searched(keys: list[str]) -> None:
    typed = ""
    for key in keys:
        typed = pressed(typed, key)
        assert len(typed) <= TYPED_MAX + 1
        assert set(typed) <= KEYS | {" "}
    found = search.find(CATALOGUE, typed)
    assert len(found) == len({item.service_id for item in found})


@pytest.mark.parametrize(
    ("typed", "whole", "near"),
    [
        ("lawyre", "lawyer", True),
        ("lawer", "lawyers", True),
        ("lawwyer", "lawyer", True),
        ("lawxer", "lawyer", True),
        ("lawyer", "lawyer", True),
        ("lawyers", "lawyer", True),
        ("lxwxer", "lawyer", False),
        ("kawyer", "lawyer", False),
        ("lawyersx", "lawyer", False),
        ("", "lawyer", False),
    ],
)
def test_one_slip_of_a_finger(typed: str, whole: str, near: bool) -> None:  # noqa: FBT001
    assert one_mistake_from_start(typed, whole) is near
