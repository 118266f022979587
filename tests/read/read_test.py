#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""read_test.py READER: sekisho-read as its user meets it, on captures made here."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import captures

READER = sys.argv.pop(1)
ALL = ['--log', 'all', '--hash', 'md5,sha1,sha256']
BURSTS = (1, 7, 32)


class ReadTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def put(self, content, name='a.pcap'):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(content)
        return str(path)

    def run_reader(self, *arguments, status=0):
        done = subprocess.run([READER, *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def records(self, *arguments, status=0):
        return [json.loads(line) for line in self.run_reader(*arguments, status=status).stdout.splitlines()]

    def told(self, records):
        """What a capture's user looks for, without what the link layer or the clock's unit changes."""
        http = [(r['http']['hostname'], r['http']['url'], r['http']['status']) for r in records if r['event_type'] == 'http']
        dns = [(r['dns']['type'], r['dns']['id']) for r in records if r['event_type'] == 'dns']
        files = [(r['fileinfo']['size'], r['fileinfo']['md5']) for r in records if r['event_type'] == 'fileinfo']
        return http, dns, files, records[-1]['stats']['decoder']['pkts']

    def conversation(self):
        return sorted(captures.http() + captures.dns())

    def test_every_link_type_tells_the_same(self):
        wanted = self.told(self.records(*ALL, self.put(captures.pcap(self.conversation()))))
        self.assertEqual(wanted[0], [('www.listed.test', '/report.txt', 200)])
        self.assertEqual(wanted[1], [('request', 5000), ('response', 5000)])
        self.assertEqual(len(wanted[2]), 1)
        for link in captures.LINKS:
            self.assertEqual(self.told(self.records(*ALL, self.put(captures.pcap(self.conversation(), link)))), wanted, f'link type {link}')

    def test_every_container_tells_the_same_at_the_same_times(self):
        wanted = self.run_reader(*ALL, self.put(captures.pcap(self.conversation()))).stdout
        for order in '<>':
            for nanoseconds in (False, True):
                self.assertEqual(self.run_reader(*ALL, self.put(captures.pcap(self.conversation(), 1, order, nanoseconds))).stdout, wanted)
            for resolution in (6, 9):
                content = captures.pcapng(self.conversation(), order=order, resolution=resolution)
                self.assertEqual(self.run_reader(*ALL, self.put(content)).stdout, wanted)

    def test_interfaces_of_one_file_may_differ_and_sections_follow_each_other(self):
        wanted = self.told(self.records(*ALL, self.put(captures.pcap(self.conversation()))))
        self.assertEqual(self.told(self.records(*ALL, self.put(captures.pcapng(self.conversation(), (1, 101, 113))))), wanted)
        half = len(self.conversation()) // 2
        two = captures.pcapng(self.conversation()[:half]) + captures.pcapng(self.conversation()[half:], (276,), '>')
        self.assertEqual(self.told(self.records(*ALL, self.put(two))), wanted)

    def test_the_output_does_not_depend_on_how_packets_are_bundled(self):
        minute = 60_000_000_000
        many = self.conversation() + captures.fragmented_dns(captures.START_NS + 1_000_000_000)
        for i in range(40):  # flows that end by their time between others' packets, connections over each other
            many += captures.http(41000 + i, captures.START_NS + i * minute // 8, f'/{i}', step_ns=300_000_000 * (1 + i % 5))
            many += captures.dns(6000 + i, captures.START_NS + i * minute // 3)
        path = self.put(captures.pcap(sorted(many)))
        feed = self.put(b'listed.test\n198.51.100.7\n', 'feed.txt')
        for options in ([], ['--strict'], ['-i', feed], ['-i', feed, '--log', 'alerts']):
            outputs = {self.run_reader('--hash', 'md5', '--burst', str(burst), *options, path).stdout for burst in BURSTS}
            self.assertEqual(len(outputs), 1, options)
            self.assertGreater(len(outputs.pop().splitlines()), 40)

    def test_fragments_become_their_datagram(self):
        for options in ([], ['--strict']):
            records = self.records(*options, self.put(captures.pcap(captures.fragmented_dns())))
            self.assertEqual(self.told(records + [])[1], [('request', 5001), ('response', 5001)])

    def test_strict_rules_do_not_read_what_a_receiver_would_not(self):
        broken = [(at, packet[:-1] + bytes([packet[-1] ^ 1])) if packet[9] == 17 else (at, packet) for at, packet in self.conversation()]
        path = self.put(captures.pcap(broken))
        self.assertEqual(len([r for r in self.records(path) if r['event_type'] == 'dns']), 2)
        self.assertEqual(len([r for r in self.records('--strict', path) if r['event_type'] == 'dns']), 0)

    def test_indicators_become_alerts_and_alerts_can_be_all_that_is_told(self):
        feed = self.put(b'# names\nlisted[.]test\nnonsense!\n', 'feed.txt')
        done = self.run_reader('-i', feed, '--log', 'alerts', self.put(captures.pcap(self.conversation())))
        alerts = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual({r['event_type'] for r in alerts}, {'alert'})
        self.assertGreaterEqual(len(alerts), 3)  # Host, question, answer
        self.assertIn('feed.txt:3: "nonsense!"', done.stderr)

    def test_one_domain_is_met_in_every_field_where_a_name_can_stand(self):
        client, server = captures.CLIENT, captures.SERVER
        web = captures.session(40001, 80, [
            (client, b'GET http://target.listed.test/ HTTP/1.1\r\nHost: host.listed.test\r\nReferer: http://referer.listed.test/x\r\n\r\n'),
            (server, b'HTTP/1.1 302 Found\r\nLocation: https://location.listed.test/\r\nContent-Length: 0\r\n\r\n'),
            (client, b'CONNECT connect.listed.test:443 HTTP/1.1\r\nHost: connect.listed.test:443\r\n\r\n'),
            (server, b'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')])
        mail = captures.session(40002, 25, [
            (server, b'220 mx.test ESMTP\r\n'), (client, b'EHLO ehlo.listed.test\r\n'), (server, b'250 mx.test\r\n'),
            (client, b'MAIL FROM:<a@mailfrom.listed.test>\r\n'), (server, b'250 ok\r\n'),
            (client, b'RCPT TO:<b@rcptto.listed.test>\r\n'), (server, b'250 ok\r\n'), (client, b'DATA\r\n'), (server, b'354 go\r\n'),
            (client, b'From: A <a@from.listed.test>\r\nReply-To: a@replyto.listed.test\r\nTo: b@to.listed.test\r\nSubject: s\r\n\r\n'
                     b'see http://body.listed.test/a now\r\n.\r\n'), (server, b'250 ok\r\n')])
        name, put = captures.dns_name, captures.struct.pack
        lookups = captures.dns_answers([
            (5, name('cname.listed.test')), (15, put('!H', 10) + name('mx.listed.test')), (2, name('ns.listed.test')), (12, name('ptr.listed.test')),
            (33, put('!HHH', 0, 0, 80) + name('srv.listed.test')), (6, name('soa.listed.test') + name('h.other.test') + put('!IIIII', 1, 2, 3, 4, 5)),
            (65, put('!H', 1) + name('https.listed.test'))]) + captures.dns(5003, name='question.listed.test')
        feed = self.put(b'listed.test\n', 'feed.txt')
        alerts = self.records('-i', feed, '--log', 'alerts', self.put(captures.pcap(sorted(web + mail + lookups))))
        met = {r['alert']['context']['sekisho']['matched_value'].split('.listed.test')[0].split('@')[-1] for r in alerts}
        self.assertEqual(met, {'target', 'host', 'referer', 'location', 'connect', 'ehlo', 'mailfrom', 'rcptto', 'from', 'replyto', 'to', 'body',
                               'cname', 'mx', 'ns', 'ptr', 'srv', 'soa', 'https', 'question'})

    def test_a_hundred_thousand_indicators_of_mixed_kinds_are_looked_for(self):
        kinds = [lambda i: f'{i:064x}', lambda i: f'{i:032x}', lambda i: f'n{i}.bad.test', lambda i: f'http://u{i}.bad.test/p/{i}',
                 lambda i: f'10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}', lambda i: f'a{i}@bad.test', lambda i: f'2001:db8::{i >> 16:x}:{i & 65535:x}']
        values = [kinds[i % len(kinds)](i) for i in range(100_000)] + ['listed.test', '198.51.100.7']
        feed = self.put('\n'.join(values).encode(), 'feed.txt')
        done = self.run_reader('-i', feed, '--log', 'alerts', self.put(captures.pcap(self.conversation())))
        self.assertEqual(done.stderr, '')
        met = {json.loads(line)['alert']['context']['sekisho']['ioc']['value'] for line in done.stdout.splitlines()}
        self.assertEqual(met, {'listed.test', '198.51.100.7'})

    def test_a_damaged_container_tells_what_it_can_and_where_it_is_damaged(self):
        classic, blocks = captures.pcap(self.conversation()), captures.pcapng(self.conversation())
        last = len(captures.LINKS[1] + self.conversation()[-1][1])
        damages = {'inside a packet': (classic[:-1], len(classic) - last - 16), 'inside a record header': (classic[:-last - 2], len(classic) - last - 16),
                   'length': (classic[:-last - 8] + b'\xff' * 4 + classic[-last - 4:], len(classic) - last - 8),
                   'block length': (blocks[:-2], None)}
        for reason, (content, offset) in damages.items():
            path = self.put(content)
            done = self.run_reader(*ALL, path, status=1)
            self.assertIn(path, done.stderr)
            self.assertIn(reason, done.stderr)
            if offset is not None:
                self.assertIn(f'offset {offset}', done.stderr)
            records = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual(len([r for r in records if r['event_type'] == 'http']), 1)

    def test_cut_at_any_byte_it_ends_by_itself(self):
        for content in (captures.pcap(captures.dns()), captures.pcapng(captures.dns())):
            for end in range(0, len(content), 3):
                done = subprocess.run([READER, self.put(content[:end])], capture_output=True, text=True, timeout=60)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                self.assertNotIn('Sanitizer', done.stderr)

    def test_what_is_no_capture_is_refused_and_the_other_files_are_read(self):
        good, bad = self.put(captures.pcap(self.conversation())), self.put(b'no capture', 'b.pcap')
        done = self.run_reader(bad, good, str(pathlib.Path(self.folder.name) / 'absent'), status=1)
        self.assertIn('b.pcap', done.stderr)
        self.assertIn('absent', done.stderr)
        self.assertEqual(len([line for line in done.stdout.splitlines() if '"event_type":"http"' in line]), 1)

    def test_a_link_type_that_is_not_read_is_told(self):
        content = bytearray(captures.pcap(captures.dns()))
        content[20] = 147
        done = self.run_reader(self.put(bytes(content)))
        self.assertIn('2 packets of a link type', done.stderr)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])['stats']['decoder']['pkts'], 2)

    def test_wrong_usage_has_a_status_of_its_own(self):
        for arguments in ([], ['--hash', 'crc', 'x'], ['--log', 'some', 'x'], ['--burst', '33', 'x'], ['--what', 'x']):
            self.run_reader(*arguments, status=2)
        self.assertIn('usage', self.run_reader('--help').stdout)

    def set_of(self, mode, *more):
        """A configuration with one feed, which names the host of the captures, and the operator's own folder."""
        self.put(b'value,kind\nwww.listed.test,domain\n8.8.8.8,address\n', 'acme.csv')
        lines = [f'feeds: [{{name: acme, path: {self.folder.name}/acme.csv, mode: {mode}}}]', 'policy: [{action: reset}]',
                 'allowlist: {addresses: [8.8.8.8]}', f'control: {{state_dir: {self.folder.name}}}', *more]
        return self.put('\n'.join(lines).encode() + b'\n', 'sekisho.yaml')

    def tried(self, config):
        done = self.run_reader('--set', config, '--log', 'none', '--summary', 'json', self.put(captures.pcap(sorted(captures.http()))))
        return json.loads(done.stdout), done.stderr

    def test_a_set_is_tried_on_a_capture(self):
        summary, said = self.tried(self.set_of('enforce'))
        acme, operator = summary['feeds']
        self.assertEqual((acme['name'], acme['mode'], acme['would_stop']), ('acme', 'enforce', 0))
        self.assertGreater(acme['stopped'], 0)
        self.assertEqual((operator['name'], operator['hits']), ('operator', 0))
        self.assertGreater(summary['pairs'][0]['dropped']['verdict'], 0)
        self.assertEqual(summary['pairs'][0]['balance'], 0)
        self.assertIn('acme.csv:3: "8.8.8.8" would meet what allowlist.addresses', said)

    def test_a_feed_in_shadow_stops_nothing_of_a_capture_and_says_what_it_would(self):
        summary, _ = self.tried(self.set_of('shadow'))
        acme = summary['feeds'][0]
        self.assertEqual((acme['mode'], acme['stopped']), ('shadow', 0))
        self.assertGreater(acme['would_stop'], 0)
        self.assertEqual(summary['pairs'][0]['dropped'], {})

    def test_what_the_daemon_keeps_of_a_feed_is_read_and_not_written(self):
        config = self.set_of('enforce')
        state = b'sekisho feeds 1\nacme enforce 0 0 7\n'  # reverted
        path = pathlib.Path(self.put(state, 'feeds.state'))
        summary, _ = self.tried(config)
        self.assertEqual(summary['feeds'][0]['mode'], 'shadow')
        self.assertEqual(path.read_bytes(), state)


if __name__ == '__main__':
    unittest.main()
