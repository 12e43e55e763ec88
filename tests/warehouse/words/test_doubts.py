"""How a person is asked about two trials."""

from warehouse.words.doubts import answer

NCT, OTHER, ISRCTN = "NCT00000001", "NCT00000002", "ISRCTN00000001"


def test_of_one_pair_the_answer_can_be_copied() -> None:
    assert f'trials = ["{ISRCTN}", "{NCT}"]' in answer([(ISRCTN, NCT)])
    assert 'trials = ["NUMBER", "NUMBER"]' in answer([(ISRCTN, NCT), (ISRCTN, OTHER)])


def test_two_numbers_of_one_registry_can_be_parted_only() -> None:
    assert "[[tie]]" not in answer([(NCT, OTHER)])
    assert "[[part]]" in answer([(NCT, OTHER)])
    assert "[[tie]]" in answer([(NCT, OTHER), (ISRCTN, OTHER)])
    assert "[[tie]]" in answer([("ACTRN12622000245796P", NCT)])
