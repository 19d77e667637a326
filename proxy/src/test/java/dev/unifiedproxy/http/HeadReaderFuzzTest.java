package dev.unifiedproxy.http;

import com.code_intelligence.jazzer.junit.FuzzTest;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.RefusedException;

import java.nio.charset.StandardCharsets;

/** Fields that were read, written out again, read to the same fields. */
final class HeadReaderFuzzTest {
    @FuzzTest
    void fieldsOrRefusal(byte[] input) {
        Headers fields;
        try {
            fields = new HeadReader(input, input.length, ErrorCode.MALFORMED).fields();
        } catch (RefusedException e) {
            if (e.refusal().code().source() != ErrorCode.Source.DOWNSTREAM) {
                throw e;
            }
            return;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            text.append(fields.name(i)).append(": ").append(fields.value(i)).append("\r\n");
        }
        byte[] again = text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        Headers reread = new HeadReader(again, again.length, ErrorCode.MALFORMED).fields();
        if (!reread.equals(fields)) {
            throw new AssertionError(fields + " was read again as " + reread);
        }
    }
}
