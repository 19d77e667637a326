package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

/** The one spelling in which a path is judged and sent. */
final class NormalPathTest {
    @ParameterizedTest
    @CsvSource({
        "/,/",
        "/a,/a",
        "/a/,/a/",
        "/repos/o/r/pulls/1,/repos/o/r/pulls/1",
        "/%41%7a%7E%2D%5f%2e,/Az~-_.",
        "/a%2fb,/a%2Fb",
        "/%c3%a9,/%C3%A9",
        "/a%20b,/a%20b",
        "/.well-known/x,/.well-known/x",
        "/...,/...",
        "/..a/b..,/..a/b..",
        "/a.,/a.",
        "/.%2E.,/...",
        "/a:b@c!$&'()*+=,/a:b@c!$&'()*+=",
        "/a|b[0],/a|b[0]",
        "/V1/X,/V1/X",
    })
    void hasOneSpelling(String raw, String text) {
        assertThat(NormalPath.parse(raw)).hasToString(text);
        assertThat(NormalPath.parse(raw)).isEqualTo(NormalPath.parse(text));
        assertThat(NormalPath.parse(raw)).hasSameHashCodeAs(NormalPath.parse(text));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ' ',
            value = {
                "dotDot /public/../secret",
                "dotDotInPulls /repos/o/r/pulls/../hooks",
                "encodedDotDot /a/%2e%2e/b",
                "encodedDotDotUpperCase /a/%2E%2E/b",
                "halfEncodedDotDot /a/.%2e/b",
                "otherHalfEncodedDotDot /a/%2e./b",
                "dotDotAtTheEnd /a/..",
                "dotDotAtTheStart /../a",
                "dot /a/./b",
                "dotAtTheEnd /a/.",
                "encodedDot /a/%2e/b",
                "doubleSlash //repos/o",
                "tripleSlash /repos///o",
                "doubleSlashAtTheEnd /a//",
                "onlySlashes //",
                "dotDotWithParameter /a/..;/b",
                "dotDotWithNamedParameter /a/..;x=1/b",
                "dotWithParameter /a/.;x/b",
                "encodedDotDotWithParameter /a/%2e%2e;/b",
                "encodedNul /a%00b",
                "encodedNewline /a%0ab",
                "encodedCarriageReturn /a%0D%0Ab",
                "encodedDelete /a%7f",
                "backslash /a\\..\\b",
                "fragment /a#frag",
                "query /a?b",
                "percentAlone /a%",
                "percentOneDigit /a%2",
                "percentNoDigits /a%zz",
                "percentHalfDigit /a%2g",
                "percentPercent /%%32%65",
                "percentUnicode /%u002e%u002e/",
                "percentSign /%-2/",
                "noSlash a",
                "star *",
                "quote /a\"b",
                "angle /a<b",
                "brace /a{b}",
                "caret /a^b",
                "nonAscii /\u00e9",
                "fullwidthDots /\uff0e\uff0e/",
                "fullwidthDigits /%\uff12\uff45",
            })
    void isRefused(String attack, String raw) {
        assertThatExceptionOfType(RefusedException.class)
                .as(attack)
                .isThrownBy(() -> NormalPath.parse(raw))
                .satisfies(e -> assertThat(e.refusal().code()).isEqualTo(ErrorCode.PATH_AMBIGUOUS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " /", "/a b", "/a\tb", "/a\u0000", "/a\r\nHost: x", "/a\u007f"})
    void bareControlsAndBlanksAreRefused(String raw) {
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> NormalPath.parse(raw));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ' ',
            value = {
                "encodedSlash /a%2Fb",
                "encodedSlashDotDot /a/..%2fb",
                "encodedBackslash /a%5cb",
                "encodedBackslashDotDot /a/..%5c..%5cb",
                "doubleEncodedDots /a/%252e%252e/b",
                "doubleEncodedLetter /simple/a%2525b/",
                "parameter /a;x=1/b",
                "parameterDotDot /a;x=../b",
                "emptySegmentWithParameter /;x/b",
                "encodedParameter /a/..%3b/b",
                "encodedQuestionMark /a%3fb",
                "encodedHash /a%23b",
                "overlongDot /%c0%ae%c0%ae/b",
                "overlongSlash /a%c0%afb",
                "overlongThreeBytes /a%e0%80%afb",
                "latin1 /caf%e9",
                "surrogate /%ed%a0%80",
                "truncatedUtf8 /%c3",
                "aboveUnicode /%f4%90%80%80",
            })
    void isAmbiguous(String attack, String raw) {
        assertThat(NormalPath.parse(raw).ambiguous()).as(attack).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a/b",
                "/%41",
                "/a%20b",
                "/%C3%A9",
                "/%F0%9F%98%80",
                "/a%2Bb",
                "/a%40b",
                "/a|b",
                "/.a",
                "/a:b@c",
            })
    void isNotAmbiguous(String raw) {
        assertThat(NormalPath.parse(raw).ambiguous()).isFalse();
    }

    @RepeatedTest(1000)
    void whatIsAcceptedStaysAndHidesNothing(RepetitionInfo repetition) {
        long seed = repetition.getCurrentRepetition();
        Random random = new Random(seed);
        String[] pieces = {
            "/", "/", "/", ".", ".", "..", "%2e", "%2E", "%2f", "%5c", "%25", "2e", ";", "%3B", "a",
            "%41", "%c0%ae", "%C3%A9", "%", "x=1", "\\", "%00",
        };
        StringBuilder raw = new StringBuilder("/");
        int usable = random.nextBoolean() ? pieces.length : pieces.length - 4;
        for (int i = random.nextInt(8); i >= 0; i--) {
            raw.append(pieces[random.nextInt(usable)]);
        }
        NormalPath path;
        try {
            path = NormalPath.parse(raw.toString());
        } catch (RefusedException e) {
            assertThat(e.refusal().code()).isEqualTo(ErrorCode.PATH_AMBIGUOUS);
            return;
        }
        String context = "seed " + seed + ": " + raw;
        NormalPath again = NormalPath.parse(path.text());
        assertThat(again.text()).as(context).isEqualTo(path.text());
        assertThat(again.ambiguous()).as(context).isEqualTo(path.ambiguous());
        assertThat(ServerReading.decode(path.text()))
                .as("%s: normalising keeps the meaning", context)
                .isEqualTo(ServerReading.decode(raw.toString()));
        if (ServerReading.hasDotSegment(path.text())) {
            assertThat(path.ambiguous()).as(context).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/a/%2e%2e/b,true",
        "/a/%252e%252e/b,true",
        "/a/..%5cb,true",
        "/a/..;x/b,true",
        "/a/b,false",
        "/.a/,false"
    })
    void theOracleKnowsServers(String path, boolean dotSegment) {
        assertThat(ServerReading.hasDotSegment(path)).isEqualTo(dotSegment);
    }
}
