"""Make an inner value of an ONNX graph an output, without the onnx package.

An ONNX file is one protocol-buffers message. Protocol buffers merge a message field that comes twice, and append
repeated fields; so a second, tiny ``graph`` written after the first adds an output to it.
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
#: field numbers of onnx.proto
_MODEL_GRAPH, _GRAPH_NODE, _GRAPH_OUTPUT, _NODE_OUTPUT, _NODE_OP_TYPE, _VALUE_NAME = 7, 1, 12, 2, 4, 1


def output_names(model: bytes, op_type: str) -> list[str]:
    """Names of what the nodes of one operator put out, in the order of the file."""
    found = []
    for graph in _messages(model, 0, len(model), _MODEL_GRAPH):
        for node in _messages(model, *graph, _GRAPH_NODE):
            if [_text(model, span) for span in _messages(model, *node, _NODE_OP_TYPE)] == [op_type]:
                found += [_text(model, span) for span in _messages(model, *node, _NODE_OUTPUT)]
    return found


def with_output(model: bytes, name: str) -> bytes:
    """The model with the value called ``name`` as a further output."""
    value = _field(_VALUE_NAME, name.encode())
    return model + _field(_MODEL_GRAPH, _field(_GRAPH_OUTPUT, value))


def _messages(data: bytes, start: int, end: int, number: int) -> Iterator[tuple[int, int]]:
    """Spans of the length-delimited fields with one number."""
    at = start
    while at < end:
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == _VARINT:
            _, at = _varint(data, at)
        elif kind == _BYTES:
            length, at = _varint(data, at)
            if tag >> 3 == number:
                yield at, at + length
            at += length
        elif kind in (_FIXED32, _FIXED64):
            at += 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"not a protocol-buffers message: wire type {kind} at byte {at}")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _text(data: bytes, span: tuple[int, int]) -> str:
    return data[span[0] : span[1]].decode()


def _field(number: int, payload: bytes) -> bytes:
    length, size = bytearray(), len(payload)
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    return bytes([number << 3 | _BYTES, *length, size]) + payload
