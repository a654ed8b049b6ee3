"""Refusals as `application/problem+json` (RFC 9457), in the asker's language."""

from starlette.requests import Request
from starlette.responses import Response

from queue_server.contract.messages import ProblemAnswer
from queue_server.contract.problems import PROBLEM_TYPE_ROOT, PROBLEMS, Code
from queue_server.core.errors import QueueError
from queue_server.ports import StoreError
from queue_server.service import KeyReusedError, ServiceUnavailableError
from queue_server.views import Say
from queue_server.web import pages_language

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 1


class Refused(Exception):
    """A request that the web layer itself refuses."""

    def __init__(self, code: Code, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}


def language_of(request: Request, languages: tuple[str, ...]) -> str:
    """The hall's language that suits the asker: a language link's cookie, or Accept-Language."""
    return pages_language.choose(
        languages,
        request.cookies.get(pages_language.COOKIE),
        request.headers.get("accept-language"),
    )


class Blank(dict[str, str]):
    """Parameters of a sentence; one that is missing stays blank."""

    def __missing__(self, key: str) -> str:
        return ""


def answer(code: Code, params: dict[str, str], language: str, say: Say) -> Response:
    """The response of a refusal."""
    status, sentence = PROBLEMS[code]
    detail = say(language, sentence).format_map(Blank(params)).strip()
    body = ProblemAnswer(
        type=f"{PROBLEM_TYPE_ROOT}{code}",
        title=code.replace("-", " ").capitalize(),
        status=status,
        detail=detail,
        code=code,
        params=params,
    )
    headers = {"Content-Language": pages_language.html_code(language), "Cache-Control": "no-store"}
    if status == 503:  # noqa: PLR2004 - Service Unavailable
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if code is Code.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    if code is Code.TOO_MANY_REQUESTS:
        headers["Retry-After"] = params.get("retry_s", str(RETRY_AFTER_S))
    return Response(body.model_dump_json(), status, headers, MEDIA_TYPE)


def code_of(error: Exception) -> tuple[Code, dict[str, str]]:
    """The problem that an exception of ours is.

    Raises:
        TypeError: it is none of ours.
    """
    match error:
        case QueueError():
            return Code(error.code), error.params
        case Refused():
            return error.code, error.params
        case KeyReusedError():
            return Code.KEY_REUSED, {}
        case ServiceUnavailableError():
            return Code(error.code), {}
        case StoreError():
            return (Code.OUTCOME_UNKNOWN if error.unknown else Code.STORE_UNAVAILABLE), {}
        case _:
            raise TypeError(type(error))
