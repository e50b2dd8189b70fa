/// An event that only tries the way from a service to the instance.
///
/// It is known by its id alone, which nobody else can make: what carries it reaches no consumer.
public struct TestEvent: Sendable, Equatable {
    /// What must stand where ``WebhookSource/id`` is read; spelt as a UUID of RFC 9562, version 8.
    public let id: String
    /// When it is sent.
    public let at: Date

    /// Describes an event; tests make their own.
    public init(id: String, at: Date = Date()) {
        self.id = id
        self.at = at
    }
}

/// Has a service deliver a test event, and tells what it says of that; called once.
///
/// The engine waits for the event meanwhile, and cancels the task when the wait is over.
///
/// - Throws: ``ProvisionError`` when the service could not be asked, worded for the operator.
public typealias TestSending =
    @Sendable (TestEvent) async throws(ProvisionError) -> TestDelivery

/// What a service says of a test event that it was to deliver.
///
/// Texts are the service's own, cleaned by the provider and without secrets; nil where it said none.
/// None of it is proof: that is the arrival at the instance.
public enum TestDelivery: Sendable, Equatable {
    /// It was sent, or is about to be; what it was answered is not known.
    case sent
    /// The address was reached and answered with this HTTP status.
    case answered(status: Int)
    /// A rule of the service's own left the event out.
    case leftOut
    /// The service sends nothing to such an address, a private one for instance.
    case forbidden(String?)
    /// The address could not be reached: its name, its port or its certificate.
    case unreachable(String?)
    /// The address was called and did not answer in the time that the service gives it.
    case timedOut(String?)
    /// It did not work out for another reason.
    case failed(String?)
}
