package dev.unifiedproxy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

class PathGlobTest {
    private static boolean matches(String glob, String path) {
        return PathGlob.parse(glob).matches(path, path.length());
    }

    @ParameterizedTest
    @CsvSource({
        "/repos/*/*, /repos/a/b",
        "/x/**, /x/y",
        "/x/**, /x/y/z",
        "/**, /x",
        "/**, /x/y",
        "/, /",
        "/rate_limit, /rate_limit",
        "/repos/*/*/branches/**/protection, /repos/o/r/branches/a/b/protection",
        "/repos/*/*/branches/**/protection/**, /repos/o/r/branches/a/protection/x/y",
        "/v*, /v1",
        "/v*/x, /v1/x",
        "/a*b, /aXb",
        "/a*b, /abb",
        "/a*b*c, /axbxbxc",
        "/a**c, /a/c",
        "/*.json, /a.b.json",
        "/**/x, /a/x/x",
        "/a**b**c, /a/b/b/c",
        "/x/, /x",
        "/%73ecrets, /secrets",
        "/a/%e4%bd%a0, /a/%E4%BD%A0",
        "/a/*, /a/*",
    })
    void matchesTheWholePath(String glob, String path) {
        assertThat(matches(glob, path)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/repos/*/*, /repos/a",
        "/repos/*/*, /repos/a/b/c",
        "/repos/*/*, /repos/a/b/",
        "/x/**, /x/",
        "/x/**, /x",
        "/user/*, /user",
        "/**, /",
        "/*, /",
        "/x, /X",
        "/x, /xy",
        "/x, /",
        "/a*b, /ab",
        "/a*b, /a/b",
        "/a**c, /ac",
        "/v*/x, /v/x",
        "/repos/*/*/branches/**/protection, /repos/o/r/branches/protection",
        "/*.json, /.json",
        "/a.c, /abc",
        "/a+, /aa",
    })
    void doesNotMatchMoreOrLess(String glob, String path) {
        assertThat(matches(glob, path)).isFalse();
    }

    @Test
    void readsOnlyTheGivenLength() {
        PathGlob glob = PathGlob.parse("/a/*");

        assertThat(glob.matches("/a/b/", 4)).isTrue();
        assertThat(glob.matches("/a/b/", 5)).isFalse();
        assertThat(glob.matches("/a/b/", 3)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "x", "*", "a/b", "/a//b", "/a/../b", "/a/./b", "/a%2Fb", "/a;b", "/a%25b",
                "/a%", "/***", "/a/****", "/a b", "/a?b", "/a#b", "/a\\b", "/%00", "/ä"
            })
    void refusesWhatNoPathThatPassesCouldMatch(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PathGlob.parse(text));
    }

    @Test
    void refusesLongPatterns() {
        String longest = "/" + "a".repeat(PathGlob.MAX_LENGTH - 1);

        assertThat(PathGlob.parse(longest).text()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PathGlob.parse(longest + "a"))
                .withMessageContaining("1025 characters (expected: at most 1024)");
    }

    @Test
    void isItsNormalText() {
        assertThat(PathGlob.parse("/%61/*/"))
                .isEqualTo(PathGlob.parse("/a/*"))
                .hasSameHashCodeAs(PathGlob.parse("/a/*"))
                .hasToString("/a/*")
                .isNotEqualTo(PathGlob.parse("/a/**"));
    }

    /** Straight from the definition, exponential and obviously right. */
    private static boolean oracle(String glob, String path) {
        if (glob.isEmpty()) {
            return path.isEmpty();
        }
        if (glob.startsWith("**")) {
            for (int i = 1; i <= path.length(); i++) {
                if (oracle(glob.substring(2), path.substring(i))) {
                    return true;
                }
            }
            return false;
        }
        if (glob.charAt(0) == '*') {
            for (int i = 1; i <= path.length() && path.charAt(i - 1) != '/'; i++) {
                if (oracle(glob.substring(1), path.substring(i))) {
                    return true;
                }
            }
            return false;
        }
        return !path.isEmpty()
                && path.charAt(0) == glob.charAt(0)
                && oracle(glob.substring(1), path.substring(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithTheDefinition(long seed) {
        Random random = new Random(seed);
        int matching = 0;
        for (int i = 0; i < 20_000; i++) {
            String glob = text(random, new String[] {"/", "a", "b", "*", "**", "*/"}, 6);
            String path = text(random, new String[] {"/", "a", "b"}, 10);
            if (glob.contains("***") || glob.contains("//") || glob.endsWith("/")) {
                continue;
            }
            boolean expected = oracle(glob, path);
            matching += expected ? 1 : 0;
            assertThat(matches(glob, path))
                    .as("seed %d: %s against %s", seed, glob, path)
                    .isEqualTo(expected);
        }
        assertThat(matching).as("seed %d", seed).isGreaterThan(500);
    }

    private static String text(Random random, String[] alphabet, int most) {
        StringBuilder text = new StringBuilder("/");
        int length = random.nextInt(most + 1);
        for (int i = 0; i < length; i++) {
            text.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return text.toString();
    }

    /** Counts how often a character is read. */
    private static final class CountedPath implements CharSequence {
        private final String path;
        private long reads;

        CountedPath(String path) {
            this.path = path;
        }

        @Override
        public int length() {
            return path.length();
        }

        @Override
        public char charAt(int index) {
            reads++;
            return path.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return path.subSequence(start, end);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "**a, 340, a, b",
        "*a, 500, a, b",
        "**/, 300, a/, b",
        "*/, 500, a/, /",
        "a**, 340, a, /",
        "**aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 26, a, b",
        "*a**a, 170, a, b",
    })
    void globOfManyStarsReadsNoMoreThanPatternTimesPath(
            String part, int times, String piece, String end) {
        String pattern = ("/" + part.repeat(times));
        pattern = pattern.substring(0, Math.min(pattern.length(), PathGlob.MAX_LENGTH - 1)) + "z";
        PathGlob glob = PathGlob.parse(pattern);
        CountedPath path = new CountedPath("/" + piece.repeat(8_000) + end);

        assertThat(glob.matches(path, path.length())).isFalse();
        assertThat(path.reads).isLessThanOrEqualTo((long) pattern.length() * (path.length() + 1));
    }

    @Test
    void globThatEndsInOnePlaceReadsEachCharacterOnceOrTwice() {
        CountedPath path = new CountedPath("/repos/" + "o".repeat(4_000) + "/r/issues/12/comments");

        assertThat(PathGlob.parse("/repos/*/*/issues/*/**").matches(path, path.length())).isTrue();
        assertThat(path.reads).isLessThanOrEqualTo(2L * path.length());
    }
}
