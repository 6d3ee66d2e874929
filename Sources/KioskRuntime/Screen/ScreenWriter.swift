public import Conditions
public import KioskCore

/// Turns the machine's screen values into messages: looks up names and the citizen's words.
public struct ScreenWriter: Sendable {
    let site: Site
    let words: ConditionCatalogue

    public init(site: Site, words: ConditionCatalogue) {
        self.site = site
        self.words = words
    }

    public func message(_ value: ScreenValue) -> ScreenMessage {
        ScreenMessage(
            visit: value.visit.rawValue, revision: value.revision, language: value.language,
            notice: value.notice.map { notice($0, in: value.language) }, remark: value.remark,
            invitations: ScreenMessage.Invitation.allCases.filter { value.invitations.contains($0.invitation) }, screen: body(value.screen))
    }

    private func notice(_ code: ConditionCode, in language: Language) -> ScreenMessage.Notice {
        let text = words[code].citizen
        return .init(code: code.rawValue, text: language == .indonesian ? text.indonesian : text.english)
    }

    private func body(_ screen: Screen) -> ScreenMessage.Body {
        switch screen {
        case .greeting: return welcome(.greeting)
        case .closed: return welcome(.closed)
        case .emergency(let emergency):
            var body = ScreenMessage.Body(.emergency)
            let own = words[.emergency].citizen
            body.words = [
                .init(language: .indonesian, text: emergency.indonesian ?? own.indonesian),
                .init(language: .english, text: emergency.english ?? own.english),
            ]
            return body
        case .agencies:
            var body = ScreenMessage.Body(.agencies)
            body.items = site.agencies.filter { !$0.services.isEmpty }.map { .init(id: $0.id.rawValue, name: $0.name) }
            return body
        case .services(let id):
            var body = ScreenMessage.Body(.services)
            body.agency = item(id)
            body.items = site.agency(id)?.services.map { .init(id: $0.id.rawValue, name: $0.name) }
            return body
        case .identify(let service, let entered, let problem):
            var body = about(service, .identify)
            body.entered = entered
            body.length = NIK.length
            body.problem = problem
            return body
        case .confirm(let service, let identified):
            var body = about(service, .confirm)
            body.identified = identified != nil
            body.method = identified
            return body
        case .recording: return .init(.recording)
        case .printing(let face): return about(face, .printing)
        case .trouble(let face): return about(face, .trouble)
        case .askPaper(let face): return about(face, .askPaper)
        case .ticket(let face, let paper, let canRetry):
            var body = about(face, .ticket)
            body.paper = paper
            body.canRetry = canRetry
            return body
        case .closing(let face): return about(face, .closing)
        }
    }

    private func welcome(_ kind: ScreenMessage.Body.Kind) -> ScreenMessage.Body {
        var body = ScreenMessage.Body(kind)
        body.mall = site.name
        body.city = site.city
        body.place = site.place
        return body
    }

    private func about(_ key: ServiceKey, _ kind: ScreenMessage.Body.Kind) -> ScreenMessage.Body {
        var body = ScreenMessage.Body(kind)
        body.agency = item(key.agency)
        body.service = site.service(key).map { .init(id: $0.id.rawValue, name: $0.name) }
        return body
    }

    private func about(_ face: TicketFace, _ kind: ScreenMessage.Body.Kind) -> ScreenMessage.Body {
        var body = about(face.service, kind)
        body.number = face.number.description
        body.salinan = face.copy > 1
        return body
    }

    private func item(_ id: AgencyID) -> ScreenMessage.Item? {
        site.agency(id).map { .init(id: $0.id.rawValue, name: $0.name) }
    }
}
