"""Every function of the language by tables: what it gives, and what it refuses."""

from __future__ import annotations

import pytest

from grc.policy import evaluate
from grc.policy.ast import Call, children
from grc.policy.errors import EvaluationError
from grc.policy.functions import NAMESPACED, OVERLOADS
from grc.policy.functions.overload import Overload
from grc.policy.parser import parse

TRUE = r"""
1 + 2 == 3
1u + 2u == 3u
1.5 + 1.0 == 2.5
'a' + 'b' == 'ab'
b'a' + b'b' == b'ab'
[1] + [2] == [1, 2]
timestamp(0) + duration('1s') == timestamp(1)
duration('1s') + timestamp(0) == timestamp(1)
duration('1s') + duration('2s') == duration('3s')
7 - 9 == -2
9u - 7u == 2u
1.5 - 1.0 == 0.5
timestamp(5) - timestamp(2) == duration('3s')
timestamp(5) - duration('2s') == timestamp(3)
duration('5s') - duration('7s') == duration('-2s')
-3 * 4 == -12
3u * 4u == 12u
1.5 * 2.0 == 3.0
7 / 2 == 3
-7 / 2 == -3
7 / -2 == -3
7u / 2u == 3u
1.0 / 0.0 > 1e308
-1.0 / 0.0 < -1e308
7 % 2 == 1
-7 % 2 == -1
7 % -2 == 1
7u % 4u == 3u
-(-3) == 3
-(1.5) == -1.5
1 == 1.0 && 1 == 1u && 1u == 1.0
1 != 2 && 1 != 'a' && 1 != true && true != 1
[1, [2.0]] == [1u, [2]]
{'a': 1, 1: 2} == {1u: 2.0, 'a': 1u}
{true: 1} != {1: 1}
[1] != [1, 1]
{'a': 1} != {'b': 1}
null == null && null != 0 && null != false
0.0 / 0.0 != 0.0 / 0.0
[0.0 / 0.0] != [0.0 / 0.0]
b'a' != 'a'
1 < 2 && 1 <= 1 && 2 > 1 && 2 >= 2
1 < 1.5 && 1u < 2 && 1.5 > 1u && -1 < 1u
9007199254740993 > 9007199254740992.0
18446744073709551615u > 9223372036854775807
!(0.0 / 0.0 < 1) && !(1 < 0.0 / 0.0) && !(0.0 / 0.0 >= 1u)
false < true
'a' < 'b' && 'a' < 'aa' && 'Z' < 'a' && '\uffff' < '\U0001F600'
b'a' < b'b'
timestamp(1) < timestamp(2)
duration('1s') < duration('2s')
1 in [1, 2] && 1.0 in [1] && !(true in [1]) && [1] in [[1u]]
'a' in {'a': null} && !('b' in {'a': 1}) && 1.0 in {1: 1} && 1u in {1: 1} && !(true in {1: 1})
!(1.5 in {1: 1})
size('é😀') == 2 && size(b'\xc3\xa9') == 2 && size([1, 2]) == 2 && size({1: 2}) == 1
'abc'.size() == 3 && [].size() == 0
int(3.99) == 3 && int(-3.99) == -3 && int(5u) == 5 && int('-5') == -5 && int('+5') == 5 && int('007') == 7
int(timestamp(7)) == 7 && int(timestamp('1969-12-31T23:59:59.5Z')) == -1
uint(3.99) == 3u && uint(5) == 5u && uint('18446744073709551615') == 18446744073709551615u
double(1) == 1.0 && double(1u) == 1.0 && double('1.5') == 1.5 && double('-1e3') == -1000.0
double('inf') > 1e308
string(1) == '1' && string(1u) == '1' && string(true) == 'true' && string(b'\xc3\xa9') == 'é'
string('a') == 'a'
string(1.0) == '1' && string(0.1) == '0.1' && string(-0.0) == '-0' && string(1e6) == '1e+06'
string(1e-5) == '1e-05'
string(123456.0) == '123456' && string(1234567.5) == '1.2345675e+06' && string(1e100) == '1e+100'
string(0.0001) == '0.0001' && string(double('nan')) == 'nan' && string(double('-inf')) == '-inf'
string(timestamp('2020-01-01T00:00:00.120Z')) == '2020-01-01T00:00:00.120Z'
string(timestamp('0001-01-01T00:00:00Z')) == '0001-01-01T00:00:00Z'
string(duration('1h30m1.5s')) == '5401.500s' && string(duration('-1us')) == '-0.000001s'
bytes('é') == b'\xc3\xa9' && bytes(b'a') == b'a'
bool('true') && bool('1') && bool('t') && bool('TRUE') && bool('True') && !bool('f') && !bool('0')
bool(true)
type(1) == int && type(1u) == uint && type(1.0) == double && type('') == string && type(b'') == bytes
type(true) == bool
type([]) == list && type({}) == map && type(null) == null_type && type(int) == type && type(type(1)) == type
type(timestamp(0)) == google.protobuf.Timestamp && type(duration('0')) == google.protobuf.Duration
type(optional.none()) == optional_type && type(ip('::1')) == net.IP && type(cidr('::/0')) == net.CIDR
dyn(1) == 1
'abc'.contains('bc') && 'abc'.contains('') && !'abc'.contains('d')
'abc'.startsWith('ab') && 'abc'.endsWith('bc') && !'abc'.startsWith('b') && !'abc'.endsWith('b')
'abc'.matches('b') && 'abc'.matches('^a.c$') && !'abc'.matches('^b') && matches('é', '^.$')
!'a\nb'.matches('a.b')
'abc'.charAt(0) == 'a' && 'abc'.charAt(3) == ''
'abcabc'.indexOf('c') == 2 && 'abcabc'.indexOf('c', 3) == 5 && 'abc'.indexOf('x') == -1
'abc'.indexOf('') == 0
'abc'.indexOf('', 3) == 3 && 'abc'.indexOf('c', 3) == -1
'abcabc'.lastIndexOf('abc') == 3 && 'abcabc'.lastIndexOf('abc', 2) == 0 && 'abc'.lastIndexOf('') == 3
'abc'.lastIndexOf('', 1) == 1 && 'abc'.lastIndexOf('x') == -1
'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco' && 'a'.substring(1) == ''
'aXbX'.replace('X', '-') == 'a-b-' && 'aXbX'.replace('X', '-', 1) == 'a-bX'
'aXbX'.replace('X', '-', 0) == 'aXbX'
'ab'.replace('', '-') == '-a-b-' && 'ab'.replace('', '-', 2) == '-a-b'
'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'a,b'.split(',', 0) == []
'a,b'.split(',', 1) == ['a,b'] && 'a,b'.split(',', -1) == ['a', 'b'] && ''.split(',') == ['']
'abc'.split('') == ['a', 'b', 'c'] && 'abc'.split('', 2) == ['a', 'bc']
'abc'.split('', 9) == ['a', 'b', 'c']
['a', 'b'].join() == 'ab' && ['a', 'b'].join('-') == 'a-b' && [].join('-') == ''
'TaCÆ'.lowerAscii() == 'tacÆ' && 'taæ'.upperAscii() == 'TAæ'
' \t\u00a0a\u200b\n'.trim() == 'a\u200b'
'é😀a'.reverse() == 'a😀é'
strings.quote('a"\\\n\a') == '"a\\"\\\\\\n\\a"'
'%s %s %s %s'.format(['a', 1, 1u, 1.5]) == 'a 1 1 1.5'
'%s'.format([[1, 'a', true, null, 2.0]]) == '[1, a, true, null, 2]'
'%s'.format([{'b': 1, 'a': [2]}]) == '{a: [2], b: 1}'
'%s %s'.format([timestamp(0), duration('90s')]) == '1970-01-01T00:00:00Z 90s'
'%s %s'.format([b'a', type(1)]) == 'a int'
'%d %d'.format([-1, 2u]) == '-1 2' && '%d'.format([double('nan')]) == 'NaN'
'%f %.2f %.0f'.format([1.5, 2.345, 2.5]) == '1.500000 2.35 2' || '%.2f'.format([2.345]) == '2.35'
'%f %f'.format([1, 'Infinity']) == '1.000000 Infinity'
'%e %.2e'.format([1.5, 12345.678]) == '1.500000e+00 1.23e+04'
'%x %X %x %x'.format([255, 255u, 'hi', b'\xff']) == 'ff FF 6869 ff' && '%x'.format([-255]) == '-ff'
'%o %b %b %b'.format([8, 5, true, -5]) == '10 101 1 -101'
'100%%'.format([]) == '100%' && 'a'.format([1]) == 'a'
timestamp('2020-02-29T12:34:56.789Z').getFullYear() == 2020
timestamp('2020-02-29T12:34:56.789Z').getMonth() == 1
timestamp('2020-02-29T12:34:56.789Z').getDate() == 29
timestamp('2020-02-29T12:34:56.789Z').getDayOfMonth() == 28
timestamp('2020-02-29T12:34:56.789Z').getDayOfWeek() == 6
timestamp('2020-03-01T12:34:56.789Z').getDayOfWeek() == 0
timestamp('2020-02-29T12:34:56.789Z').getDayOfYear() == 59
timestamp('2020-02-29T12:34:56.789Z').getHours() == 12
timestamp('2020-02-29T12:34:56.789Z').getMinutes() == 34
timestamp('2020-02-29T12:34:56.789Z').getSeconds() == 56
timestamp('2020-02-29T12:34:56.789Z').getMilliseconds() == 789
timestamp('2020-01-01T00:30:00Z').getFullYear('America/New_York') == 2019
timestamp('2020-07-01T00:00:00Z').getHours('Europe/Berlin') == 2
timestamp('2020-01-01T00:00:00Z').getHours('Europe/Berlin') == 1
timestamp('2020-01-01T00:00:00Z').getMinutes('+05:30') == 30 && timestamp(0).getHours('-08:00') == 16
timestamp('2020-01-01T00:00:00+01:00') == timestamp('2019-12-31T23:00:00Z')
timestamp('2020-01-01t00:00:00z') == timestamp('2020-01-01T00:00:00.000Z')
timestamp(253402300799) == timestamp('9999-12-31T23:59:59Z')
duration('1h').getHours() == 1 && duration('90m').getHours() == 1 && duration('-90m').getHours() == -1
duration('90m').getMinutes() == 90 && duration('1.9s').getSeconds() == 1
duration('1.234s').getMilliseconds() == 234
duration('1h30m') == duration('5400s') && duration('.5s') == duration('500ms')
duration('0') == duration('0s')
duration('-1m') == duration('-60s') && duration('1000us') == duration('1ms')
duration('+1s') == duration('1s')
[1, 2, 3].slice(1, 2) == [2] && [1].slice(0, 0) == [] && [1].slice(1, 1) == []
[1, [2, [3]]].flatten() == [1, 2, [3]] && [1, [2, [3]]].flatten(2) == [1, 2, 3] && [[1]].flatten(0) == [[1]]
[3, 1, 2].sort() == [1, 2, 3] && ['b', 'a'].sort() == ['a', 'b'] && [].sort() == []
[2, 1.5, 1u].sort() == [1u, 1.5, 2]
[{'a': 2}, {'a': 1}].sortBy(v, v.a) == [{'a': 1}, {'a': 2}] && ['bb', 'a'].sortBy(v, size(v)) == ['a', 'bb']
[1, 1.0, 2u, 2, 'a', 'a'].distinct() == [1, 2, 'a'] && [[1], [1.0]].distinct() == [[1]]
[true, 1].distinct() == [true, 1]
[0.0 / 0.0, 0.0 / 0.0].distinct().size() == 2
[1, 2].reverse() == [2, 1] && lists.range(3) == [0, 1, 2] && lists.range(0) == [] && lists.range(-1) == []
[1, 2].first() == optional.of(1) && [1, 2].last() == optional.of(2) && [].first() == optional.none()
[].last() == optional.none()
sets.contains([1, 2, 3], [2, 3.0]) && sets.contains([], []) && !sets.contains([], [1])
sets.contains([[1], {}], [[1u]])
sets.equivalent([1], [1u, 1.0]) && !sets.equivalent([1], [1, 2]) && sets.equivalent([[1]], [[1.0], [1]])
sets.intersects([1], [1, 2]) && !sets.intersects([1], []) && sets.intersects([[1]], [[2], [1]])
!sets.intersects([true], [1])
math.greatest(1) == 1 && math.greatest(1, 2.5) == 2.5 && math.greatest(1, 2u, 3) == 3
math.greatest([1, 5, 2]) == 5
math.least(1, -2) == -2 && math.least([3u, 2u]) == 2u && math.least(1.5, 2, 0u) == 0u
math.ceil(1.2) == 2.0 && math.floor(-1.2) == -2.0 && math.round(2.5) == 3.0 && math.round(-2.5) == -3.0
math.trunc(-1.9) == -1.0
math.round(0.49999999999999994) == 0.0 && math.round(-0.4) == 0.0
math.abs(-1) == 1 && math.abs(1u) == 1u && math.abs(-1.5) == 1.5
math.sign(-5) == -1 && math.sign(0u) == 0u && math.sign(2.5) == 1.0 && math.sign(0) == 0
math.isNaN(0.0 / 0.0) && math.isInf(1.0 / 0.0) && math.isFinite(1.0) && !math.isFinite(1.0 / 0.0)
math.sqrt(4) == 2.0 && math.sqrt(4u) == 2.0 && math.sqrt(2.25) == 1.5 && math.isNaN(math.sqrt(-1))
math.bitAnd(6, 3) == 2 && math.bitOr(6u, 3u) == 7u && math.bitXor(6, 3) == 5 && math.bitNot(0) == -1
math.bitNot(0u) == 18446744073709551615u
math.bitShiftLeft(1, 3) == 8 && math.bitShiftLeft(1, 63) < 0 && math.bitShiftLeft(1, 64) == 0
math.bitShiftLeft(1u, 63) > 0u
math.bitShiftRight(8, 3) == 1 && math.bitShiftRight(-1, 63) == 1 && math.bitShiftRight(-1, 64) == 0
math.bitShiftRight(8u, 1) == 4u
base64.encode(b'hello') == 'aGVsbG8=' && base64.decode('aGVsbG8=') == b'hello'
base64.decode('aGVsbG8') == b'hello'
optional.of(1).hasValue() && !optional.none().hasValue() && optional.of(null).hasValue()
optional.of(1).value() == 1 && optional.of(1).orValue(2) == 1 && optional.none().orValue(2) == 2
optional.none().or(optional.of(2)) == optional.of(2) && optional.of(1).or(optional.of(2)) == optional.of(1)
optional.ofNonZeroValue(0) == optional.none() && optional.ofNonZeroValue('') == optional.none()
optional.ofNonZeroValue(1).hasValue() && !optional.ofNonZeroValue([]).hasValue()
!optional.ofNonZeroValue(0u).hasValue()
!optional.ofNonZeroValue(false).hasValue() && !optional.ofNonZeroValue(null).hasValue()
!optional.ofNonZeroValue(0.0).hasValue()
!optional.ofNonZeroValue(timestamp(0)).hasValue() && !optional.ofNonZeroValue(duration('0')).hasValue()
!optional.ofNonZeroValue(b'').hasValue() && !optional.ofNonZeroValue({}).hasValue()
optional.ofNonZeroValue(int).hasValue()
optional.unwrap([optional.of(1), optional.none()]) == [1] && [optional.of(1)].unwrapOpt() == [1]
isIP('1.2.3.4') && isIP('::1') && !isIP('1.2.3') && !isIP('01.2.3.4') && !isIP('::1%eth0') && !isIP('')
!isIP('1.2.3.4/8')
ip('2001:DB8::1') == ip('2001:db8:0::1') && string(ip('2001:DB8::1')) == '2001:db8::1'
ip('1.2.3.4') != ip('1.2.3.5')
ip('::ffff:c0a8:1') == ip('192.168.0.1')
ip.isCanonical('127.0.0.1') && !ip.isCanonical('2001:DB8::68')
ip('1.2.3.4').family() == 4 && ip('::1').family() == 6 && ip(ip('::1')).family() == 6
ip('0.0.0.0').isUnspecified() && ip('::').isUnspecified() && !ip('127.0.0.1').isUnspecified()
ip('127.1.2.3').isLoopback() && ip('::1').isLoopback() && !ip('1.2.3.4').isLoopback()
ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast()
ip('ff02::1').isLinkLocalMulticast()
ip('169.254.1.1').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast()
!ip('fd80::1').isLinkLocalUnicast()
ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast()
!ip('ff00::1').isGlobalUnicast()
!ip('127.0.0.1').isGlobalUnicast() && !ip('0.0.0.0').isGlobalUnicast() && ip('240.0.0.1').isGlobalUnicast()
isCIDR('10.0.0.0/8') && isCIDR('::/0') && !isCIDR('10.0.0.0') && !isCIDR('10.0.0.0/33')
!isCIDR('10.0.0.0/08') && !isCIDR('10.0.0.0/255.0.0.0')
cidr('192.168.0.0/24').containsIP('192.168.0.1') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.1'))
!cidr('0.0.0.0/0').containsIP('::1') && cidr('::/0').containsIP('::1') && !cidr('::/0').containsIP('1.2.3.4')
cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.0.0.0/8').containsCIDR(cidr('10.0.0.0/8'))
!cidr('10.0.0.0/8').containsCIDR('0.0.0.0/0') && !cidr('10.0.0.0/8').containsCIDR('10.0.0.0/7')
cidr('192.168.0.1/24').ip() == ip('192.168.0.1') && cidr('192.168.0.1/24').masked() == cidr('192.168.0.0/24')
cidr('10.0.0.1/8').prefixLength() == 8 && string(cidr('10.0.0.1/8')) == '10.0.0.1/8'
cidr('10.0.0.1/8') != cidr('10.0.0.0/8')
isSemver('1.2.3') && isSemver('1.2.3-rc.1+build.5') && !isSemver('1.2') && !isSemver('v1.2.3')
!isSemver('01.2.3') && !isSemver('1.2.3-01')
isSemver('v1.2', true) && isSemver('01.02.03', true) && !isSemver('v1.2.x', true) && isSemver('1', true)
semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3
semver('v1', true) == semver('1.0.0') && semver('1.0.0+a') == semver('1.0.0+b')
semver('1.0.0').isGreaterThan(semver('1.0.0-rc.1')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0-rc.2'))
semver('1.0.0-alpha').isLessThan(semver('1.0.0-alpha.1')) && semver('1.0.0-2').isLessThan(semver('1.0.0-10'))
semver('1.0.0-10').isLessThan(semver('1.0.0-a')) && semver('1.10.0').compareTo(semver('1.9.0')) == 1
semver('1.0.0').compareTo(semver('1.0.0')) == 0 && semver('1.0.0').compareTo(semver('2.0.0')) == -1
"""

ERRORS = r"""
9223372036854775807 + 1
-9223372036854775808 - 1
9223372036854775807 * 2
-9223372036854775808 / -1
-9223372036854775808 % -1
-(-9223372036854775808)
1u - 2u
18446744073709551615u + 1u
18446744073709551615u * 2u
1 / 0
1 % 0
1u / 0u
1u % 0u
1.0 % 2.0
1 + 1.0
1 + 1u
-(1u)
'a' + 1
'a' * 2
[1] + 'a'
null + null
timestamp('9999-12-31T23:59:59Z') + duration('1s')
timestamp('0001-01-01T00:00:00Z') - duration('1s')
timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')
null < null
1 < 'a'
true < 1
[1] < [2]
{} < {}
null in {1: 1}
[] in {1: 1}
1 in 'a'
'a' in 'abc'
size(1)
size(null)
int('1.5')
int('')
int('a')
int('9223372036854775808')
int('1_000')
int('٣')
int(9223372036854775807.0)
int(0.0 / 0.0)
int(9223372036854775808u)
int(true)
uint(-1)
uint(-0.5)
uint('-1')
uint('+1')
uint(18446744073709551616.0)
double('a')
double('')
double('1_0')
string(null)
string([])
string(b'\xff')
bytes(1)
bool('yes')
bool('TrUe')
bool(1)
'abc'.matches('(')
'abc'.matches('(?=a)')
'abc'.charAt(4)
'abc'.charAt(-1)
'abc'.indexOf('a', 4)
'abc'.indexOf('a', -1)
'abc'.lastIndexOf('a', 4)
'abc'.substring(4)
'abc'.substring(2, 1)
'abc'.substring(0, 4)
'abc'.substring(-1)
['a', 1].join()
'abc'.join()
'%s'.format([])
'%d'.format(['a'])
'%d'.format([1.5])
'%x'.format([1.5])
'%b'.format(['a'])
'%o'.format([true])
'%f'.format(['1'])
'%e'.format([true])
'%z'.format([1])
'%'.format([1])
'%5d'.format([1])
'%.1001f'.format([1.0])
'%s'.format([optional.none()])
timestamp('2020-01-01')
timestamp('2020-01-01T00:00:00')
timestamp('2020-01-01 00:00:00Z')
timestamp('2020-13-01T00:00:00Z')
timestamp('2020-02-30T00:00:00Z')
timestamp('2020-01-01T24:00:00Z')
timestamp('2020-01-01T00:00:00.Z')
timestamp('0000-01-01T00:00:00Z')
timestamp('0001-01-01T00:00:00+01:00')
timestamp('2020-01-01T00:00:00+25:00')
timestamp('2020-01-01T00:00:00.000000001Z')
timestamp(253402300800)
timestamp(-62135596801)
timestamp(9223372036854775807)
timestamp(0).getHours('Nowhere')
timestamp(0).getHours('../../etc/passwd')
timestamp(0).getHours('+25:00')
duration('')
duration('1')
duration('1d')
duration('1h-30m')
duration('315576000001s')
duration('1ns')
duration('99999999999999999999h')
[1].slice(0, 2)
[1].slice(1, 0)
[1].slice(-1, 0)
[1].flatten(-1)
[1, 'a'].sort()
[[1], [2]].sort()
[null].sort()
[1, 2].sortBy(v, [v])
[1, 'a'].sortBy(v, v)
math.greatest([])
math.greatest('a')
math.greatest([1, 'a'])
math.abs(-9223372036854775808)
math.ceil(1)
math.round(1u)
math.bitAnd(1, 1u)
math.bitShiftLeft(1, -1)
math.bitShiftRight(1u, -1)
base64.decode('!!!')
base64.decode('a')
optional.none().value()
optional.of(1).or(2).foo()
1.orValue(2)
optional.unwrap([1])
ip('1.2.3.4.5')
ip('::ffff:192.168.0.1')
ip('fe80::1%en0')
ip('1.2.3.4 ')
ip.isCanonical('1.2.3.4.5')
isIP(cidr('10.0.0.0/8'))
cidr('10.0.0.0/')
cidr('::ffff:192.168.0.1/24')
cidr('::ffff:c0a8:1/120')
cidr('fe80::1%en0/24')
cidr('10.0.0.0/8').containsIP('x')
semver('1.2')
semver('')
semver('99999999999999999999.0.0')
nope(1)
'a'.nope()
size()
"""


def lines(table: str) -> list[str]:
    return table.strip().splitlines()


@pytest.mark.parametrize("source", lines(TRUE))
def test_true(source: str) -> None:
    assert evaluate(source, {}) is True


@pytest.mark.parametrize("source", lines(ERRORS))
def test_error(source: str) -> None:
    with pytest.raises(EvaluationError):
        evaluate(source, {})


def functions_named(source: str) -> set[tuple[str, bool]]:
    pending, found = [parse(source)], set()
    while pending:
        node = pending.pop()
        if isinstance(node, Call):
            found.add((node.function, node.target is not None))
        pending.extend(children(node))
    return found


def test_every_function_has_a_row() -> None:
    named = set().union(*(functions_named(source) for source in lines(TRUE)))
    assert {(overload.function, overload.receiver) for overload in OVERLOADS} == named


def signature(overload: Overload) -> tuple[object, ...]:
    return overload.function, overload.receiver, overload.arguments


def test_no_two_overloads_have_the_same_signature() -> None:
    assert len(set(map(signature, OVERLOADS))) == len(OVERLOADS)


def test_namespaced_names_have_one_dot() -> None:
    assert all(name.count(".") == 1 for name in NAMESPACED)
