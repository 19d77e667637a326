package dev.unifiedproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.policy.PathGlob;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

final class PathTemplatesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ | /",
                "/v1/x | /v1/x",
                "/v1/x/ | /v1/x",
                "/a /b | /a /b",
                "/items/1 | /items/1",
                "/items/1 /items/2 | /items/*",
                "/items/1 /items/2 /items/new | /items/* /items/new",
                "/items/1/a /items/2/b | /items/*/a /items/*/b",
                "/items/1 /items/2/b | /items/* /items/*/b",
                "/r/0123abc /r/89abcdef | /r/*",
                "/u/6f1c2a34-0000-4000-8000-000000000001 /u/6f1c2a34-0000-4000-8000-00000000000f"
                        + " | /u/*",
                "/f/alpha /f/beta | /f/alpha /f/beta",
                "/a /a/b | /a /a/b"
            })
    void fewPatternsForManyPaths(String paths, String expected) {
        assertThat(PathTemplates.of(List.of(paths.split(" ", -1))))
                .containsExactly(expected.split(" ", -1));
    }

    @Test
    void veryManyNamesBecomeOne() {
        List<String> names =
                IntStream.range(0, 9).mapToObj(i -> "/p/n" + (char) ('a' + i)).toList();
        assertThat(PathTemplates.of(names)).containsExactly("/p/*");
        assertThat(PathTemplates.of(names.subList(0, 8))).hasSize(8);
    }

    @Test
    void everyPathIsCovered() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            List<String> paths =
                    Stream.generate(() -> path(random)).limit(1 + random.nextInt(30)).toList();
            List<PathGlob> globs = PathTemplates.of(paths).stream().map(PathGlob::parse).toList();
            assertThat(paths).allMatch(path -> globs.stream().anyMatch(g -> g.covers(path)));
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            path.append('/').append(random.nextBoolean() ? "x" + random.nextInt(12) : "" + i);
        }
        return path.toString();
    }
}
