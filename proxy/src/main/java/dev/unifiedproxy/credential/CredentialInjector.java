package dev.unifiedproxy.credential;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.InboundRequest;
import dev.unifiedproxy.policy.AuthorizedRequest;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

import java.util.Optional;

/**
 * Puts the credential of a request's destination on it, or says why it must not leave.
 *
 * <p>The only place that constructs an {@link OutboundRequest}. Runs on the event loop: one pass
 * over the field lines, nothing that waits.
 */
public final class CredentialInjector {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialInjector.class);

    private final CredentialBindings bindings;

    /** Works with these bindings. */
    public CredentialInjector(CredentialBindings bindings) {
        this.bindings = bindings;
    }

    /**
     * The request as it goes out.
     *
     * <p>Refused are: a placeholder in path or query; a bound host without TLS or on another port
     * than 443; a bound host without credential, except for reads of GitHub, which go anonymously.
     */
    public Injection attach(AuthorizedRequest request) {
        if (Placeholders.inTarget(request.inbound().target().text())) {
            return new Injection.Refused(
                    Refusal.of(
                                    ErrorCode.PLACEHOLDER_MISPLACED,
                                    "A credential placeholder stands in the path or the query")
                            .withRemedy("send the placeholder in a header"));
        }
        Optional<Binding> binding = bindings.of(request.inbound().authority().host());
        return binding.isPresent() ? attachBound(request, binding.get()) : pass(request, false);
    }

    private Injection attachBound(AuthorizedRequest request, Binding binding) {
        InboundRequest inbound = request.inbound();
        if (!inbound.secure() || inbound.authority().port() != 443) {
            return new Injection.Refused(needsTls(inbound));
        }
        if (binding.rendered().isPresent()) {
            return inject(request, binding.rendered().get());
        }
        if (AnonymousRead.permits(inbound)) {
            return pass(request, true);
        }
        at(request, LOG.atWarn())
                .log("Missing credential for {}, returning 500", inbound.authority().host().text());
        return new Injection.Refused(
                Refusal.of(ErrorCode.CREDENTIAL_MISSING, CredentialBindings.missing(binding))
                        .withRemedy("set " + binding.variables() + " for the proxy"));
    }

    private static Refusal needsTls(InboundRequest inbound) {
        String host = inbound.authority().host().text();
        return Refusal.of(
                        ErrorCode.CREDENTIAL_NEEDS_TLS,
                        "The destination is "
                                + (inbound.secure() ? "https://" : "http://")
                                + inbound.authority()
                                + " (expected: https://"
                                + host
                                + " on port 443)")
                .withRemedy("request https://" + host + "/");
    }

    private static Injection inject(AuthorizedRequest request, Binding.Rendered credential) {
        OutboundFields fields = fields(request, true);
        logRemoved(request, fields, false);
        Headers headers =
                fields.headers().add(credential.field(), credential.value().reveal()).build();
        at(request, LOG.atInfo())
                .log(
                        "Injected {} for {} (container: {})",
                        credential.field(),
                        request.inbound().authority().host().text(),
                        request.container().id());
        return new Injection.Ready(
                new OutboundRequest(request, headers, credential.credentialId()));
    }

    private static Injection pass(AuthorizedRequest request, boolean bound) {
        OutboundFields fields = fields(request, bound);
        logRemoved(request, fields, true);
        return new Injection.Ready(new OutboundRequest(request, fields.headers().build(), ""));
    }

    /**
     * @param credentialFields whether the fields for credentials are worth a line too; where ours
     *     takes their place, that has its own
     */
    private static void logRemoved(
            AuthorizedRequest request, OutboundFields fields, boolean credentialFields) {
        for (String name : fields.placeholderFields()) {
            if (credentialFields || !OutboundFields.isClientCredential(name)) {
                at(request, LOG.atInfo())
                        .log(
                                "Removing placeholder {} header for {} (container: {})",
                                name,
                                request.inbound().authority().host().text(),
                                request.container().id());
            }
        }
    }

    private static OutboundFields fields(AuthorizedRequest request, boolean bound) {
        InboundRequest inbound = request.inbound();
        Headers client = inbound.head().headers();
        return OutboundFields.of(
                request.bodyRead() ? client.without("expect"::equalsIgnoreCase) : client,
                inbound.authority().hostField(inbound.secure()),
                bound);
    }

    private static LoggingEventBuilder at(AuthorizedRequest request, LoggingEventBuilder event) {
        return event.addKeyValue("request_id", request.inbound().requestId())
                .addKeyValue("container_id", request.container().id());
    }
}
