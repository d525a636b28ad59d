package dev.meshkore.hub.a2a;

/// What is kept of a task that is a paid call of a service.
///
/// @param taskId the task
/// @param service what is called
/// @param input what it is called with, as JSON
/// @param form how its client speaks x402
/// @param payment what was signed, as a header's value; "" until it is
/// @param callId the call that it became; "" until it is known
/// @param lookAt when it is asked next what became of it; 0 when all is known
record TaskCall(
    String taskId,
    String service,
    byte[] input,
    PayForm form,
    String payment,
    String callId,
    long lookAt) {
  TaskCall {
    input = input.clone();
  }

  boolean isPaid() {
    return !payment.isEmpty();
  }
}
