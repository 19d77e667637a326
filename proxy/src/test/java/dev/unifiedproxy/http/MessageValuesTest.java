package dev.unifiedproxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unifiedproxy.host.Authority;
import dev.unifiedproxy.host.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;

/** RequestTarget, ResponseHead, BodyFraming, Answer and ConnectRequest. */
final class MessageValuesTest {
    @ParameterizedTest
    @CsvSource({
        "'',false,/a",
        "'',true,/a?",
        "b=1&b=2,true,/a?b=1&b=2",
        "x=%2e%2e;+,true,/a?x=%2e%2e;+"
    })
    void originGoesOutAsItWasJudged(String query, boolean hasQuery, String text) {
        RequestTarget.Origin origin =
                new RequestTarget.Origin(NormalPath.parse("/%61"), query, hasQuery);
        assertThat(origin.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"100,true", "103,true", "199,true", "200,false", "304,false", "599,false"})
    void informationalIsBelow200(int status, boolean expected) {
        ResponseHead head = new ResponseHead(status, Headers.empty(), BodyFraming.NONE, true);
        assertThat(head.informational()).isEqualTo(expected);
    }

    @Test
    void framingsAreValues() {
        assertThat(BodyFraming.NONE).isEqualTo(new BodyFraming.None());
        assertThat(BodyFraming.CHUNKED).isEqualTo(new BodyFraming.Chunked());
        assertThat(BodyFraming.UNTIL_CLOSE).isEqualTo(new BodyFraming.UntilClose());
        assertThat(new BodyFraming.Length(3)).isNotEqualTo(new BodyFraming.Length(4));
    }

    @Test
    void printedRequestShowsNoTicketAndNoFieldValue() {
        ConnectRequest request =
                new ConnectRequest(
                        "r1",
                        IpAddress.parse("10.0.0.2"),
                        Authority.parseWithPort("github.com:443"),
                        Headers.of("Proxy-Authorization", "Basic canary"),
                        Optional.of(new ProxyCredentials("sandbox", "canary")));
        assertThat(request.toString()).contains("github.com:443").doesNotContain("canary");
        assertThat(new Answer(403, request.headers(), "body").toString()).doesNotContain("canary");
    }
}
