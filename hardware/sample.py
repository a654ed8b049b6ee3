"""The example ticket that `bianmin-hardware test printer` prints.

Its words are Chinese whatever the language of the user: it shows whether the printer can print
Chinese, in the sizes a real ticket uses.
"""

from hardware.roles import Align, Feed, PrintJob, PrintLine, QrBlock, Rule, TextLine


def example_ticket(name: str = "") -> PrintJob:
    """A ticket like the ones visitors get, with a name on it where one is given."""
    lines: list[PrintLine] = [
        TextLine("政务服务大厅", width=2, height=2, align=Align.CENTRE),
        Rule(),
        TextLine("您的号码", align=Align.CENTRE),
        TextLine("B012", width=6, height=5, align=Align.CENTRE, bold=True),
        Feed(1),
        TextLine("社会保障", width=2, height=2, align=Align.CENTRE),
        TextLine("3号窗口", width=2, height=2, align=Align.CENTRE),
        Feed(1),
        TextLine("前面还有4人，预计等候12分钟", align=Align.CENTRE),
    ]
    if name:
        lines.append(TextLine(f"姓名：{name}", align=Align.CENTRE))
    lines += [
        QrBlock("https://example.org/t/B012-3f9c27a1", module_dots=6),
        TextLine("扫码查看排队进度", align=Align.CENTRE),
        Rule(),
        TextLine("打印测试  PRINTER TEST", align=Align.CENTRE, bold=True),
        TextLine("请在大厅等候叫号，过号请到导办台", align=Align.CENTRE),
    ]
    return PrintJob("printer-test", tuple(lines))
