"""What becomes of the mails of one round: nobody is given up for the server's fault, and nobody for another's."""

from hypothesis import given
from hypothesis import strategies as st

from warehouse.tell.fates import Fate, Offered, ServerReply, fates
from warehouse.tell.retries import MOST_ATTEMPTS

ONE, TWO = "one@x", "two@x"


def fate(
    answer: ServerReply, *others: ServerReply, attempts: int = 1, meanwhile: bool = False, **of: bool
) -> Fate:
    """The fate of one mail, offered beside others that were answered so."""
    mails = [Offered(ONE, answer, attempts, **of)]
    mails += [Offered(f"{place}@y", other, 1) for place, other in enumerate(others)]
    return fates(mails, {ONE} if meanwhile else ())[ONE]


def test_a_refusal_is_final_only_when_others_were_taken_in_the_same_round() -> None:
    assert fate(ServerReply.REFUSED) is Fate.STILL_DUE
    assert fate(ServerReply.REFUSED, ServerReply.REFUSED, ServerReply.LATER) is Fate.STILL_DUE
    assert fate(ServerReply.REFUSED, ServerReply.NO_SUCH_MAILBOX) is Fate.STILL_DUE
    assert fate(ServerReply.REFUSED, ServerReply.TAKEN) is Fate.GIVEN_UP
    assert fate(ServerReply.REFUSED, meanwhile=True) is Fate.STILL_DUE, "that was another day"


def test_a_refusal_for_the_servers_sake_stays_due_however_often() -> None:
    assert fate(ServerReply.REFUSED, attempts=1000) is Fate.STILL_DUE
    assert fate(ServerReply.NO_SERVER, ServerReply.TAKEN, attempts=1000) is Fate.STILL_DUE


def test_the_mailboxs_own_word_is_final_whatever_became_of_others() -> None:
    assert fate(ServerReply.NO_SUCH_MAILBOX) is Fate.GIVEN_UP
    assert fate(ServerReply.NO_SUCH_MAILBOX, ServerReply.NO_SUCH_MAILBOX) is Fate.GIVEN_UP


def test_a_refusal_of_these_contents_by_itself_is_tried_for_days() -> None:
    assert fate(ServerReply.REFUSED, is_its_own=True) is Fate.POSTPONED
    assert fate(ServerReply.REFUSED, is_its_own=True, attempts=MOST_ATTEMPTS) is Fate.GIVEN_UP
    assert fate(ServerReply.REFUSED, ServerReply.TAKEN, is_its_own=True) is Fate.GIVEN_UP


def test_patience_ends_with_a_mailbox_and_not_with_a_server() -> None:
    last = MOST_ATTEMPTS
    assert fate(ServerReply.LATER, attempts=last - 1, is_its_own=True) is Fate.POSTPONED
    assert fate(ServerReply.LATER, attempts=last, is_its_own=True) is Fate.GIVEN_UP
    assert fate(ServerReply.LATER, attempts=last) is Fate.POSTPONED
    assert fate(ServerReply.LATER, attempts=last, meanwhile=True) is Fate.GIVEN_UP


_offered = st.builds(
    Offered,
    st.uuids().map(str),
    st.sampled_from(ServerReply),
    st.integers(1, MOST_ATTEMPTS + 2),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(_offered, max_size=8, unique_by=lambda each: each.message_id), st.data())
def test_whatever_is_answered(offered: list[Offered], data: st.DataObject) -> None:
    meanwhile = data.draw(st.sets(st.sampled_from([each.message_id for each in offered] or [""])))
    decided = fates(offered, meanwhile)
    assert list(decided) == [each.message_id for each in offered]
    took_any = any(each.answer is ServerReply.TAKEN for each in offered)
    for each in offered:
        found = decided[each.message_id]
        assert (found is Fate.SENT) == (each.answer is ServerReply.TAKEN)
        if each.is_to_the_operator or each.answer is ServerReply.NO_SERVER:
            assert found is not Fate.GIVEN_UP
        if found is Fate.GIVEN_UP and not took_any:
            assert each.is_its_own or each.answer is ServerReply.NO_SUCH_MAILBOX or each.message_id in meanwhile
    shuffled = data.draw(st.permutations(offered))
    assert fates(shuffled, meanwhile) == decided, "the order in which they were offered decides nothing"
