package dev.unifiedproxy.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The table of docs/operations.md has every error code, and no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ErrorCodeDocumentationTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "operations.md");
    private static final Pattern ROW =
            Pattern.compile(
                    "(?m)^\\| `([a-z0-9_.]+)` \\| (\\d{3}) \\| ([^|\\n]+) \\| ([^|\\n]+) \\|$");

    /** Meaning and remedy by id and status, such as {@code tls.required 400}. */
    private final Map<String, String> rows = new TreeMap<>();

    @BeforeAll
    void readTable() throws IOException {
        ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .forEach(row -> rows.put(row.group(1) + " " + row.group(2), texts(row)));
    }

    private static String texts(MatchResult row) {
        return row.group(3).strip() + " | " + row.group(4).strip();
    }

    private static String key(ErrorCode code) {
        return code.id() + " " + code.status();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void codeStandsInTheTable(ErrorCode code) {
        assertThat(rows).as("rows of %s", DOCUMENT).containsKey(key(code));
        assertThat(rows.get(key(code))).as("meaning and remedy").hasSizeGreaterThan(20);
    }

    @Test
    void tableHasNoOtherCode() {
        assertThat(rows.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ErrorCode.values())
                                .map(ErrorCodeDocumentationTest::key)
                                .toList());
    }
}
