import HTTPTypes
public import Hummingbird

/// Lets in only who came by this machine's own name, and no other site's page.
///
/// A page of another origin could otherwise press buttons, or read what is shown by pointing its own name at 127.0.0.1
/// (DNS rebinding). A browser tells truly which page asks (Fetch standard, `Origin`).
public struct LocalOnly<Context: RequestContext>: RouterMiddleware {
    /// What is protected, for the message, e.g. "paper page".
    let name: String

    public init(_ name: String, context: Context.Type = BasicRequestContext.self) {
        self.name = name
    }

    @concurrent public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority,
            ListenAddress(authority.contains(":") ? authority : "\(authority):80")?.isLoopback == true
        else {
            throw HTTPError(.forbidden, message: "The \(name) answers only to 127.0.0.1 and localhost.")
        }
        if request.method != .get, let origin = request.headers[.origin], origin != "http://\(authority)" {
            throw HTTPError(.forbidden, message: "The page at \(origin) may not touch the \(name).")
        }
        return try await next(request, context)
    }
}
