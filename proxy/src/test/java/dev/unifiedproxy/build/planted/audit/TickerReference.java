package dev.unifiedproxy.build.planted.audit;

import java.util.function.LongSupplier;

final class TickerReference {
    LongSupplier ticker() {
        return System::nanoTime;
    }
}
