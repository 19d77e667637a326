package dev.unifiedproxy.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.http.Method;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class AnonymousReadTest {
    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"GET", "HEAD", "OPTIONS"})
    void safeMethodsOfGitHubAreReads(Method method) {
        for (String host : new String[] {"api.github.com", "uploads.github.com", "github.com"}) {
            assertThat(permits(method, "https://" + host + "/o/r")).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"GET", "HEAD", "OPTIONS"},
            mode = EnumSource.Mode.EXCLUDE)
    void otherMethodsAreNot(Method method) {
        assertThat(permits(method, "https://api.github.com/o/r")).isFalse();
        assertThat(permits(method, "https://github.com/o/r")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/o/r.git/info/refs?service=git-upload-pack,true",
        "/o/r.git/info/refs?,true",
        "/o/r.git/info/refs?service=git-receive-pack,false",
        "/o/r.git/info/refs?service=git-%72eceive-pack,false",
        "/o/r.git/info/refs?service=git-upload-pack&service=git-receive-pack,false",
    })
    void onlyDiscoveryForAFetchIsARead(String target, boolean read) {
        assertThat(permits(Method.GET, "https://github.com" + target)).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/",
        "https://api.github.com.evil.org/",
        "https://gist.github.com/"
    })
    void otherHostsHaveNone(String url) {
        assertThat(permits(Method.GET, url)).isFalse();
    }

    private static boolean permits(Method method, String url) {
        return AnonymousRead.permits(Requests.of(method, url).inbound());
    }
}
