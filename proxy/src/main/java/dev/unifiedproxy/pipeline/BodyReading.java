package dev.unifiedproxy.pipeline;

import dev.unifiedproxy.error.ErrorCode;
import dev.unifiedproxy.error.Refusal;
import dev.unifiedproxy.http.BodyFraming;
import dev.unifiedproxy.http.Headers;
import dev.unifiedproxy.http.RequestHead;
import dev.unifiedproxy.http.ResponseHead;
import dev.unifiedproxy.http.WholeBody;
import dev.unifiedproxy.limit.ByteBudget;
import dev.unifiedproxy.policy.Authorization;
import dev.unifiedproxy.policy.PendingRequest;
import dev.unifiedproxy.transport.Downstream;
import dev.unifiedproxy.transport.HeldBody;

import java.util.concurrent.Executor;

/**
 * Reads the bodies that a rule has to know, whole and before anything of the request goes out. They
 * are judged on threads of their own: parsing takes longer than an event loop may be kept.
 */
final class BodyReading {
    private final ByteBudget budget;
    private final Executor judges;

    /**
     * Reads bodies.
     *
     * @param budget bounds what is held at one time
     * @param judges runs the rules
     */
    BodyReading(ByteBudget budget, Executor judges) {
        this.budget = budget;
        this.judges = judges;
    }

    /** What goes on with a request whose body was judged. */
    interface Judged {
        /**
         * Called on the exchange's event loop.
         *
         * @param verdict authorized or denied
         * @param body to be replayed or released
         */
        void judged(Authorization verdict, HeldBody body);
    }

    /** Reads the body of a request, has it judged, and goes on; or ends the exchange. */
    void read(PendingRequest pending, Downstream downstream, Exchange exchange, Judged next) {
        new Reading(pending, downstream, exchange, next).start();
    }

    /** One body. */
    private final class Reading implements HeldBody.Reader {
        private final PendingRequest pending;
        private final Downstream downstream;
        private final Exchange exchange;
        private final Judged next;
        private final HeldBody held;
        private boolean over;
        private int taken;

        Reading(PendingRequest pending, Downstream downstream, Exchange exchange, Judged next) {
            this.pending = pending;
            this.downstream = downstream;
            this.exchange = exchange;
            this.next = next;
            this.held = HeldBody.of(downstream, pending.maxBytes(), this::take, this);
        }

        void start() {
            RequestHead head = pending.inbound().head();
            exchange.whenOver(() -> budget.giveBack(pending.containerId(), taken));
            if (head.framing() instanceof BodyFraming.Length(long bytes)
                    && bytes > pending.maxBytes()) {
                tooLong();
            } else if (head.opensWebSocket()) {
                held.end(Headers.empty()); // what follows is no body, and comes after the answer
            } else if (head.expectsBody() && head.headers().count("expect") > 0) {
                // RFC 9110 section 10.1.1: we answer for the server, which must not see it yet
                downstream.informational(
                        new ResponseHead(100, Headers.empty(), BodyFraming.NONE, true));
            }
        }

        private boolean take(int bytes) {
            boolean room = budget.take(pending.containerId(), bytes);
            taken += room ? bytes : 0;
            return room;
        }

        @Override
        public void complete(HeldBody body) {
            exchange.received(body.length());
            WholeBody whole = body.read(); // a copy: the client may go while it is judged
            judges.execute(() -> judge(whole));
        }

        private void judge(WholeBody whole) {
            Runnable then;
            try {
                Authorization verdict = pending.judge(whole);
                then = () -> next.judged(verdict, held);
            } catch (RuntimeException e) {
                then = () -> broken(e);
            }
            Runnable outcome = then;
            held.handBack(() -> unlessOver(outcome));
        }

        private void unlessOver(Runnable outcome) {
            if (over) {
                held.release();
            } else {
                over = true;
                outcome.run();
            }
        }

        private void broken(RuntimeException defect) {
            held.release();
            exchange.defect(defect);
        }

        @Override
        public void tooLong() {
            refuse(pending.tooLarge().refusal());
        }

        @Override
        public void noRoom() {
            refuse(
                    Refusal.of(
                            ErrorCode.OVERLOADED,
                            "Too many request bodies have to be read by rules at this moment"));
        }

        private void refuse(Refusal refusal) {
            over = true;
            exchange.refuse(refusal);
        }

        @Override
        public void failed(Refusal reason) {
            if (!over) {
                over = true;
                exchange.failed(reason, 0, 0);
            }
        }
    }
}
