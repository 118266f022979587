# SPDX-License-Identifier: Apache-2.0
"""Planted violations are found, each by its file and line; what is allowed is not."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import include_directions  # noqa: E402
import limits  # noqa: E402

SPDX = '// SPDX-License-Identifier: Apache-2.0\n'


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def put(self, path, text, spdx=SPDX):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(spdx + text, encoding='utf-8')

    def source(self, path, *includes):
        self.put(path, ''.join(f'#include {header if header[0] in "<" else chr(34) + header + chr(34)}\n' for header in includes))
        (self.root / path).parent.joinpath('README.md').write_text('# here\n', encoding='utf-8')

    def problems(self):
        return include_directions.check(self.root)[0]

    def assert_one(self, part):
        self.assertEqual(len(self.problems()), 1, self.problems())
        self.assertIn(part, self.problems()[0])

    def test_a_clean_tree_has_no_violation(self):
        self.source('matchers/exact/table.h', 'matchers/base/bytes.h', '<span>')
        self.source('dataplane/protocols/dns/name.h', 'dataplane/observe/sink.h', 'dataplane/protocols/protocol.h', 'matchers/base/bytes.h')
        self.source('dataplane/pipeline.cpp', 'dataplane/stream/stream.h', 'dataplane/inspect/inspector.h')
        self.source('dataplane/io/ports.cpp', 'dataplane/pipeline.h', '<rte_ethdev.h>')
        self.source('control/rows/row.cpp', 'control/drain/field_index.h', 'dataplane/record/record.h', 'dataplane/observe/fields.h')
        self.source('tools/read/main.cpp', 'control/eve_rows.h', 'dataplane/pipeline.h')
        self.assertEqual(self.problems(), [])

    def test_each_wall_stands(self):
        walls = [('matchers/exact/a.h', 'dataplane/observe/sink.h'),
                 ('dataplane/protocols/dns/a.h', 'dataplane/flow/flow.h'),
                 ('dataplane/protocols/dns/a.h', 'dataplane/decode/packet.h'),
                 ('dataplane/protocols/dns/a.h', 'matchers/image/image.h'),
                 ('dataplane/content/a.h', 'dataplane/protocols/protocol.h'),
                 ('dataplane/observe/a.h', 'dataplane/record/record.h'),
                 ('dataplane/stream/a.h', 'dataplane/inspect/inspector.h'),
                 ('dataplane/record/a.h', 'dataplane/decode/packet.h'),
                 ('dataplane/flow/a.h', 'dataplane/pipeline.h'),
                 ('dataplane/inspect/a.h', 'dataplane/stats/counters.h'),
                 ('dataplane/io/a.h', 'control/config/config.h'),
                 ('dataplane/worker.h', 'control/config/config.h'),
                 ('dataplane/worker.h', 'tools/read/heap_packets.h'),
                 ('control/rows/a.h', 'dataplane/inspect/inspector.h'),
                 ('control/rows/a.h', 'dataplane/pipeline.h'),
                 ('control/sinks/a.h', 'control/rows/row.h'),
                 ('control/formats/a.h', 'control/sinks/sink.h')]
        for path, header in walls:
            with self.subTest(path=path, header=header):
                self.tearDown()
                self.setUp()
                self.source(path, 'matchers/base/bytes.h' if path.startswith('matchers') else header, header)
                found = self.problems()
                self.assertTrue(found and f'{path}:3:' in found[-1] and header in found[-1], found)

    def test_parsers_may_use_two_headers_of_content_and_no_other(self):
        self.source('dataplane/protocols/smtp/a.h', 'dataplane/content/base64.h', 'dataplane/content/quoted_printable.h')
        self.assertEqual(self.problems(), [])
        self.source('dataplane/protocols/smtp/b.h', 'dataplane/content/decoder.h')
        self.assert_one('dataplane/protocols/smtp/b.h:2: "dataplane/content/decoder.h"')

    def test_tests_and_harnesses_may_reach_across(self):
        for name in ('x_test.cpp', 'test_frames.h', 'parser_harness.h', 'parser_harness.cpp'):
            self.source(f'dataplane/stream/{name}', 'dataplane/inspect/inspector.h')
        self.assertEqual(self.problems(), [])

    def test_dpdk_stays_in_its_folders(self):
        self.source('dataplane/flow/a.h', '<rte_mbuf.h>')
        self.assert_one('dataplane/flow/a.h:2: <rte_mbuf.h>')

    def test_headers_go_by_their_full_path(self):
        self.source('matchers/exact/a.h', 'table.h')
        self.assert_one('matchers/exact/a.h:2: "table.h": project headers are included by their full path')

    def test_a_source_without_spdx_is_found(self):
        self.source('matchers/exact/a.h')
        self.put('matchers/exact/b.cpp', 'int b;\n', spdx='')
        self.assert_one('matchers/exact/b.cpp:1: no SPDX')

    def test_a_script_has_its_spdx_behind_the_interpreter(self):
        self.put('tools/good', '', spdx='#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n')
        self.assertEqual(self.problems(), [])
        self.put('tools/bad', 'echo\n', spdx='#!/bin/sh\n')
        self.assert_one('tools/bad:1: no SPDX')

    def test_a_folder_without_readme_is_found(self):
        self.put('dataplane/flow/a.h', '')
        self.assert_one('dataplane/flow: no README.md')

    def test_a_folder_may_be_named_in_the_readme_above(self):
        self.source('matchers/indicator.h')
        self.put('matchers/exact/a.h', '')
        self.assert_one('matchers/exact: no README.md')
        (self.root / 'matchers/README.md').write_text('| `exact/` | tables |\n', encoding='utf-8')
        self.assertEqual(self.problems(), [])

    def test_long_files_are_told_and_no_violation(self):
        self.source('matchers/exact/a.h')
        self.put('matchers/exact/b.h', 'int b;\n' * 500)
        problems, remarks = include_directions.check(self.root)
        self.assertEqual(problems, [])
        self.assertEqual(len(remarks), 1)

    def test_a_bound_without_a_sentence_is_found(self):
        self.put('dataplane/flow/limits.h', '// Flows of an lcore, count. Past it: the oldest half-open one goes.\n'
                 'inline constexpr unsigned flows_max = 8;\ninline constexpr unsigned buckets_max = 8;\n\n'
                 'inline constexpr size_t bare_max = 1;\n')
        problems, count = limits.check(self.root)
        self.assertEqual(count, 3)
        self.assertEqual(problems, ['dataplane/flow/limits.h:6: bare_max: no sentence'])

    def test_a_bound_whose_counter_does_not_exist_is_found(self):
        self.put('dataplane/flow/stats.cpp', '// SPDX-License-Identifier: Apache-2.0\nconst char* names[] = {"flow.", "refused", "ip.frag_late"};\n')
        self.put('dataplane/flow/limits.h', '// Flows, count. Past it: counter `flow.refused`, anomaly `ip.frag_late`.\n'
                 'inline constexpr unsigned a_max = 1;\n'
                 '// Flows, count. Past it: counter `flow.evicted`.\n'
                 'inline constexpr unsigned b_max = 1;\n')
        self.assertEqual(limits.check(self.root)[0], ['dataplane/flow/limits.h:4: no counter or anomaly flow.evicted'])


if __name__ == '__main__':
    unittest.main()
