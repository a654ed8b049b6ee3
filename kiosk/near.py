"""Whether two short words differ by one slip of a finger. Pure."""


def one_mistake_from_start(typed: str, whole: str) -> bool:
    """Whether `typed` is the beginning of `whole` but for at most one slip.

    A slip is a letter too many, missing, wrong, or two neighbours swapped (the distance of Damerau
    and Levenshtein). The first letter is never wrong: hardly anybody slips there, and everything
    would look like everything.
    """
    if not typed or typed[:1] != whole[:1]:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, whole, strict=False)) if a != b), None)
    if at is None:
        return len(typed) <= len(whole) + 1
    swapped = typed[at : at + 2] == whole[at : at + 2][::-1]
    return (
        whole[at:].startswith(typed[at + 1 :])  # one too many
        or whole[at + 1 :].startswith(typed[at:])  # one missing
        or whole[at + 1 :].startswith(typed[at + 1 :])  # one wrong
        or (swapped and whole[at + 2 :].startswith(typed[at + 2 :]))
    )
