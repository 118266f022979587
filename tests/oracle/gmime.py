# SPDX-License-Identifier: Apache-2.0
"""A mail as GMime (the parser of Evolution, Geary and notmuch) reads it, through its C library."""
import ctypes
import hashlib

_GMIME = ctypes.CDLL('libgmime-3.0.so.0')
_GOBJECT = ctypes.CDLL('libgobject-2.0.so.0')


class _ByteArray(ctypes.Structure):
    _fields_ = [('bytes', ctypes.c_void_p), ('size', ctypes.c_uint)]


def _function(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


_P, _S = ctypes.c_void_p, ctypes.c_char_p
_function(_GMIME, 'g_mime_init', None)()
_stream_of = _function(_GMIME, 'g_mime_stream_mem_new_with_buffer', _P, _S, ctypes.c_size_t)
_parser_of = _function(_GMIME, 'g_mime_parser_new_with_stream', _P, _P)
_message_of = _function(_GMIME, 'g_mime_parser_construct_message', _P, _P, _P)
_subject = _function(_GMIME, 'g_mime_message_get_subject', _S, _P)
_from = _function(_GMIME, 'g_mime_message_get_from', _P, _P)
_to = _function(_GMIME, 'g_mime_message_get_to', _P, _P)
_count = _function(_GMIME, 'internet_address_list_length', ctypes.c_int, _P)
_at = _function(_GMIME, 'internet_address_list_get_address', _P, _P, ctypes.c_int)
_mailbox = _function(_GMIME, 'internet_address_mailbox_get_addr', _S, _P)
_parts_of = _function(_GMIME, 'g_mime_part_iter_new', _P, _P)
_part = _function(_GMIME, 'g_mime_part_iter_get_current', _P, _P)
_next = _function(_GMIME, 'g_mime_part_iter_next', ctypes.c_int, _P)
_leaf_type = _function(_GMIME, 'g_mime_part_get_type', ctypes.c_size_t)()
_is_a = _function(_GOBJECT, 'g_type_check_instance_is_a', ctypes.c_int, _P, ctypes.c_size_t)
_unref = _function(_GOBJECT, 'g_object_unref', None, _P)
_file_name = _function(_GMIME, 'g_mime_part_get_filename', _S, _P)
_content = _function(_GMIME, 'g_mime_part_get_content', _P, _P)
_memory = _function(_GMIME, 'g_mime_stream_mem_new', _P)
_decode = _function(_GMIME, 'g_mime_data_wrapper_write_to_stream', ctypes.c_ssize_t, _P, _P)
_written = _function(_GMIME, 'g_mime_stream_mem_get_byte_array', ctypes.POINTER(_ByteArray), _P)


def _addresses(mailboxes):
    return [_mailbox(_at(mailboxes, i)).decode('utf-8', 'replace') for i in range(_count(mailboxes))]


def _decoded(part):
    memory = _memory()
    if _content(part):
        _decode(_content(part), memory)
    written = _written(memory).contents
    content = ctypes.string_at(written.bytes, written.size) if written.size else b''
    _unref(memory)
    return content


def read(raw):
    """{subject, from, to, files: [(name, size, SHA-256)]}; files are the leaves with a name."""
    stream = _stream_of(raw, len(raw))
    parser = _parser_of(stream)
    message = _message_of(parser, None)
    files, parts = [], _parts_of(message)
    while part := _part(parts):
        if _is_a(part, _leaf_type) and _file_name(part):
            content = _decoded(part)
            files.append((_file_name(part).decode('utf-8', 'replace'), len(content), hashlib.sha256(content).hexdigest()))
        if not _next(parts):
            break
    senders = _addresses(_from(message))
    told = {'subject': (_subject(message) or b'').decode('utf-8', 'replace'), 'from': senders[0] if senders else None,
            'to': sorted(_addresses(_to(message))), 'files': sorted(files)}
    for thing in (message, parser, stream):
        _unref(thing)
    return told
