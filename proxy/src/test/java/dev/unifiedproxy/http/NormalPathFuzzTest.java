package dev.unifiedproxy.http;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.nio.charset.StandardCharsets;

/** Any bytes are a normal path or a refusal as ambiguous; a normal path stays as it is. */
final class NormalPathFuzzTest {
    @FuzzTest
    void pathOrRefusal(byte[] input) {
        NormalPath path;
        try {
            path = NormalPath.parse(new String(input, StandardCharsets.ISO_8859_1));
        } catch (RefusedException e) {
            if (e.refusal().code() != ErrorCode.PATH_AMBIGUOUS) {
                throw e;
            }
            return;
        }
        NormalPath again = NormalPath.parse(path.text());
        if (!again.text().equals(path.text()) || again.ambiguous() != path.ambiguous()) {
            throw new AssertionError(path + " is not normal: " + again);
        }
        if (!path.ambiguous() && ServerReading.hasDotSegment(path.text())) {
            throw new AssertionError(path + " has a dot segment for some server");
        }
    }
}
