"""The sockets of a process, found by who hears: by audience, or by the conversation shown."""

from collections.abc import Iterable, Iterator, Set

from inbox.consumers.access import Visitor
from inbox.consumers.sockets import Socket


class Crowd:
    """Every open socket. An event finds its few without a look at the thousands of others."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.lists: dict[str, set[Socket]] = {}
        self.news: dict[str, set[Socket]] = {}
        self.threads: dict[int, set[Socket]] = {}

    def __iter__(self) -> Iterator[Socket]:
        return iter(list(self.sockets))

    def __len__(self) -> int:
        return len(self.sockets)

    def __contains__(self, socket: object) -> bool:
        return socket in self.sockets

    def __bool__(self) -> bool:
        return bool(self.sockets)

    def add(self, socket: Socket) -> None:
        self.sockets.add(socket)
        if socket.conversation_id is not None:
            self.threads.setdefault(socket.conversation_id, set()).add(socket)
            return
        index = self.news if socket.is_news else self.lists
        for audience in socket.audiences:
            index.setdefault(audience, set()).add(socket)

    def remove(self, socket: Socket) -> None:
        self.sockets.discard(socket)
        if socket.conversation_id is not None:
            _take(self.threads, [socket.conversation_id], socket)
        else:
            _take(self.news if socket.is_news else self.lists, socket.audiences, socket)

    def admit(self, socket: Socket, visitor: Visitor) -> None:
        """Now it is known who it is, or known anew."""
        self.remove(socket)
        socket.user_id, socket.language = visitor.user_id, visitor.language
        socket.audiences = visitor.audiences
        self.add(socket)

    def put_out(self, socket: Socket) -> None:
        """It hears nothing from this moment on."""
        self.remove(socket)
        socket.close()

    def lists_of(self, audiences: Iterable[str]) -> set[Socket]:
        """Lists of whoever belongs to one of these."""
        return set().union(*(self.lists.get(audience, ()) for audience in audiences))

    def pages_of(self, audiences: Iterable[str]) -> set[Socket]:
        """One socket of each page of whoever belongs to one of these."""
        told = list(audiences)
        return self.lists_of(told).union(*(self.news.get(each, ()) for each in told))

    def threads_of(self, conversation_id: int) -> set[Socket]:
        """Pages that have the conversation open."""
        return set(self.threads.get(conversation_id, ()))

    def people(self) -> set[int]:
        """Whoever is here."""
        return {socket.user_id for socket in self.sockets if socket.user_id}

    def has_person(self, user_id: int) -> bool:
        """On whatever page."""
        return bool(self.pages_of([f"user.{user_id}"]))


def _take(
    index: "dict[str, set[Socket]] | dict[int, set[Socket]]",
    keys: "Set[str] | list[int]",
    socket: Socket,
) -> None:
    for key in keys:
        there: set[Socket] = index.get(key, set())  # type: ignore[arg-type]
        there.discard(socket)
        if not there:
            index.pop(key, None)  # type: ignore[arg-type]
