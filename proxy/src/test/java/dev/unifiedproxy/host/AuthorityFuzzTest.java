package dev.unifiedproxy.host;

import com.code_intelligence.jazzer.junit.FuzzTest;

import java.nio.charset.StandardCharsets;

/** Any bytes are an authority or a {@link HostSyntaxException}; what is printed is read back. */
final class AuthorityFuzzTest {
    @FuzzTest
    void authorityOrRefusal(byte[] input) {
        Authority authority;
        try {
            authority = Authority.parse(new String(input, StandardCharsets.ISO_8859_1), 443);
        } catch (HostSyntaxException e) {
            return;
        }
        if (!Authority.parseWithPort(authority.toString()).equals(authority)
                || !Authority.parse(authority.hostField(true), 443).equals(authority)
                || !Authority.parse(authority.hostField(false), 80).equals(authority)) {
            throw new AssertionError(authority + " is not read back as itself");
        }
    }
}
