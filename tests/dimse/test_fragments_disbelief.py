"""Messages that announce a data set which never comes."""

from workbench.dimse.command_set import encode_command
from workbench.dimse.fragments import Assembler, CommandReceived
from workbench.dimse.messages import CMoveRsp, Message
from workbench.upper_layer.events import DataIndicated


def indicated(message: Message, *, has_data_set: bool) -> DataIndicated:
    data = encode_command(message, has_data_set=has_data_set)
    return DataIndicated(context_id=1, is_command=True, is_last=True, data=data, ends_fragment=True)


def test_what_is_disbelieved_is_followed_by_the_next_command() -> None:
    assembler = Assembler()
    assembler.announces_wrongly = lambda message: isinstance(message, CMoveRsp) and message.status == 0xFF00
    for status in (0xFF00, 0xFF00, 0x0000):
        message = CMoveRsp(message_id_being_responded_to=1, status=status)
        assert assembler.feed(indicated(message, has_data_set=True)) == CommandReceived(1, message, status == 0)
    assert assembler.is_in_message
