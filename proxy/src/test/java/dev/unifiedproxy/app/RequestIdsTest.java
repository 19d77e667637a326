package dev.unifiedproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

final class RequestIdsTest {
    @Test
    void idsAreSixteenHexDigitsAndDiffer() {
        Set<String> ids = Stream.generate(new RequestIds()).limit(1000).collect(Collectors.toSet());

        assertThat(ids).hasSize(1000).allMatch(id -> id.matches("[0-9a-f]{16}"));
    }
}
