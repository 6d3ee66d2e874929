import ArgumentParser

/// `anjungan template`: what the kiosk prints, seen without a kiosk.
struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template",
        abstract: "Check, show, and render what is printed: ReceiptLine templates, and any ESC/POS stream.",
        discussion: """
            FILE is ReceiptLine markup; - is standard input. With --data it is first filled by Mustache. Without, its braces are \
            ReceiptLine's own; only files of Kiosk/templates are filled then too, with samples/NAME.json beside them. \
            Only files of Kiosk/templates may hold {command:…}.
            """,
        subcommands: [TemplateCheck.self, TemplateText.self, TemplateRender.self, TemplateDecode.self, TemplatePreview.self])
}
