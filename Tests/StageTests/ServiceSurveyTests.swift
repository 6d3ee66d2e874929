import KioskCore
import Testing

@testable import KioskRuntime
@testable import Stage

/// One line is one screen and the touch it causes.
@Suite struct ServiceSurveyTests {
    var survey = ServiceSurvey()
    var revision = 0

    mutating func shown(_ kind: ScreenMessage.Body.Kind, visit: Int = 7, _ items: [String] = [], service: String? = nil)
        -> ServiceSurvey.Step
    {
        revision += 1
        var body = ScreenMessage.Body(kind)
        body.items = items.map { .init(id: $0, name: $0) }
        body.service = service.map { .init(id: $0, name: $0) }
        return survey.shown(ScreenMessage(visit: visit, revision: revision, language: .indonesian, screen: body))
    }

    static func agency(_ name: String) -> ServiceSurvey.Step { .touch(.agency(AgencyID(name)!)) }
    static func service(_ name: String) -> ServiceSurvey.Step { .touch(.service(ServiceID(name)!)) }

    @Test mutating func ofEachAgencyTheFirstServiceWithoutIdentificationIsNoted() {
        #expect(shown(.ticket, visit: 6) == .wait, "somebody else's visit is not disturbed")
        #expect(shown(.greeting) == .touch(.start))
        #expect(shown(.agencies, ["imigrasi", "dpmptsp"]) == Self.agency("imigrasi"))
        #expect(shown(.services, ["paspor", "informasi"]) == Self.service("paspor"))
        #expect(shown(.identify) == .touch(.back))
        #expect(shown(.services, ["paspor", "informasi"]) == Self.service("informasi"))
        #expect(shown(.confirm, service: "informasi") == .touch(.back))
        #expect(shown(.services, ["paspor", "informasi"]) == .touch(.back))
        #expect(shown(.agencies, ["imigrasi", "dpmptsp"]) == Self.agency("dpmptsp"))
        #expect(shown(.services, ["perizinan"]) == Self.service("perizinan"))
        #expect(shown(.confirm, service: "perizinan") == .touch(.back))
        #expect(shown(.services, ["perizinan"]) == .touch(.back))
        #expect(shown(.agencies, ["imigrasi", "dpmptsp"]) == .touch(.cancel))
        #expect(survey.found == [ServiceKey("imigrasi/informasi")!, ServiceKey("dpmptsp/perizinan")!])
    }

    @Test mutating func theVisitOfSomebodyElseEndsTheWalk() {
        _ = shown(.greeting)
        #expect(shown(.greeting, visit: 8) == .finished)
    }

    @Test mutating func theSameScreenTwiceIsTouchedOnce() {
        let message = ScreenMessage(visit: 7, revision: 1, language: .indonesian, screen: .init(.greeting))
        #expect(survey.shown(message) == .touch(.start))
        #expect(survey.shown(message) == .wait)
    }
}
