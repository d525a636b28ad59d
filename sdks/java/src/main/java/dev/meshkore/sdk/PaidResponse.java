package dev.meshkore.sdk;

import java.net.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/// An answer, and what was paid for it. All of it is the seller's word: data.
///
/// @param status the status of HTTP, never 402
/// @param headers the headers
/// @param body the body, as the handler of the request read it
/// @param payment what was signed, or null where nothing had to be paid
/// @param settlement what the seller says became of the payment, or null where it says nothing
public record PaidResponse<T>(
    int status,
    HttpHeaders headers,
    T body,
    @Nullable Payment payment,
    @Nullable Settlement settlement) {}
